internal import LoopTypes

// Convolutions as packed GEMM: products of the positions' rows with weights in panels, without a matrix of patches. A row
// consists of one segment of neighbouring values for each row of the kernel. Each row has the same bits in any company, so
// that images may share a product.

/// Which weights of a kernel are packed, one tap below the other: matrices of k x n, or of n x k where transposed.
struct PackedTaps {
  let taps: [Int]
  let k: Int
  let n: Int
  let isTransposed: Bool

  var depth: Int { taps.count * k }
  /// The floats that they occupy.
  var count: Int { PackedWeights.count(depth: depth, columns: n) }
}

/// Weights in panels of 16 columns.
struct PackedWeights {
  let base: UnsafePointer<Float>
  /// The rows of each panel.
  let depth: Int
  let columns: Int

  /// The floats that panels of `columns` columns occupy.
  static func count(depth: Int, columns: Int) -> Int { (columns + 15) / 16 * 16 * depth }

  /// Packs some taps of a kernel into `target`.
  init(
    _ weights: UnsafePointer<Float>, _ taps: PackedTaps, into target: UnsafeMutablePointer<Float>,
    on execution: Execution
  ) {
    let (depth, k, n, isTransposed) = (taps.depth, taps.k, taps.n, taps.isTransposed)
    (base, self.depth, columns) = (UnsafePointer(target), depth, n)
    execution.pool.run(chunks: (n + 15) / 16) { panel, _ in
      let column = panel * 16
      let extents = PackingExtents(
        k: k, columns: min(16, n - column), stride: isTransposed ? k : n, isTransposed: isTransposed)
      for (place, tap) in taps.taps.enumerated() {
        execution.floats.packPanel(
          weights + tap * k * n + (isTransposed ? column * k : column), extents,
          into: target + column * depth + place * k * 16)
      }
    }
  }
}

/// The rows of one product: where its images lie, and which of their values are read and written.
struct GEMMRows {
  /// The images, with what is around them.
  let padded: PaddedImage
  /// The first value of the first row, and the floats between neighbouring rows and between lines of rows.
  let origin: Int
  let source: RowPitches
  let width: Int
  let height: Int
  let segments: Int
  /// Values of a segment; the next one lies one line of the padded image below.
  let k: Int
  /// The same of the results.
  let result: Int
  let target: RowPitches

  var pixels: Int { width * height }
}

extension FeaturePass {
  /// Writes (or adds) to images of the target the products of some kinds of rows of the source's images, each with its own
  /// weights. `clearing` first sets the target to zero.
  func multiplyRows(_ products: [(rows: GEMMRows, weights: PackedWeights)], clearing: Bool) {
    guard let padded = products.first?.rows.padded else {
      if clearing { target.values.update(repeating: 0) }
      return finishAll()
    }
    let floats = execution.floats
    let images = GEMMRows.imagesPerTile(pixels: products.map(\.rows.pixels).max() ?? 1)
    let isCopied = !padded.isPlain || normalization != nil
    let scratch = isCopied ? images * padded.count : 0
    execution.pool.run(chunks: (source.images + images - 1) / images) { tile, worker in
      let first = tile * images
      let count = min(images, source.images - first)
      var rows = UnsafePointer(source.base + first * source.shape.count)
      let results = target.base + first * target.shape.count
      if isCopied {
        let copies = execution.scratch.worker(worker, scratch)
        for image in 0..<count {
          _ = padded.prepare(
            rows + image * source.shape.count, normalizing: normalization, in: copies + image * padded.count, floats)
        }
        rows = UnsafePointer(copies)
      }
      if clearing { results.update(repeating: 0, count: count * target.shape.count) }
      for (kind, weights) in products {
        kind.multiply(
          rows, images: count, by: weights, into: SumTarget(results, isAccumulating: isAccumulating), floats)
      }
      if let finished { (first..<first + count).forEach(finished) }
    }
  }

  private func finishAll() {
    if let finished { execution.pool.run(chunks: source.images) { image, _ in finished(image) } }
  }

  /// The rows of all images that are multiplied at a time where each position is a row.
  static var positionsPerTile: Int { 128 }

  /// Multiplies all positions of all images, some rows and columns at a time: so many columns that their weights stay in
  /// the second-level cache. Rows that are normalised are taken with all columns, where there are rows for all threads.
  func multiplyPositions(by weights: PackedWeights) {
    let (k, n) = (source.shape.channels, target.shape.channels)
    let (count, height) = (source.images * source.shape.pixels, Self.positionsPerTile)
    let width = max(32, 131_072 / k / 32 * 32)
    let tiles = (count + height - 1) / height
    let isWhole = normalization != nil && tiles >= 2 * execution.pool.threads
    let blocks = isWhole ? 1 : (n + width - 1) / width
    execution.pool.run(chunks: tiles * blocks) { chunk, worker in
      let row = chunk % tiles * height
      let rows = min(height, count - row)
      var first = UnsafePointer(source.base + row * k)
      if let normalization {
        let normalized = execution.scratch.worker(worker, height * k)
        normalization.normalize(first, rows: rows, into: normalized, execution.floats)
        first = UnsafePointer(normalized)
      }
      let columns = isWhole ? 0..<n : chunk / tiles * width..<min(n, (chunk / tiles + 1) * width)
      for column in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
        var extents = PackedGEMMExtents(rows: rows, k: k, columns: min(width, n - column))
        extents.target.step = n
        execution.floats.packedGEMM(
          first, by: weights.base + column * k, extents, accumulating: isAccumulating,
          into: target.base + row * n + column)
      }
    }
    finishAll()
  }
}

extension GEMMRows {
  /// So many that a product has enough rows to make up for fetching the weights.
  static func imagesPerTile(pixels: Int) -> Int { max(1, 64 / pixels) }

  /// Long rows are summed a segment at a time, tall images taken some lines at a time, so that what is read again stays
  /// in the second-level cache.
  fileprivate func multiply(
    _ rows: UnsafePointer<Float>, images: Int, by weights: PackedWeights, into results: SumTarget<Float>,
    _ floats: any FloatLoops.Type
  ) {
    let lines = images > 1 ? height : max(1, 128 / width)
    let together = segments * k <= 1024 ? segments : 1
    var extents = PackedGEMMExtents(rows: 0, k: k, columns: weights.columns)
    (extents.width, extents.height) = (width, height)
    (extents.segments, extents.segmentPitch) = (together, padded.rowPitch)
    extents.panelPitch = weights.depth * 16
    (extents.source, extents.target) = (source, target)
    for line in stride(from: 0, to: height, by: lines) {
      extents.rows = images * width * min(lines, height - line)
      for segment in stride(from: 0, to: segments, by: together) {
        floats.packedGEMM(
          rows + origin + line * source.line + segment * padded.rowPitch, by: weights.base + segment * k * 16, extents,
          accumulating: results.isAccumulating || segment > 0, into: results.place + result + line * target.line)
      }
    }
  }
}

extension ConvolutionGeometry {
  /// The kernel rows that meet the image at any position; on the smallest maps the others see nothing but padding.
  var usedRows: Range<Int> { Self.used(kernel: kernelHeight, padding, stride, input.height, output.height) }
  var usedColumns: Range<Int> { Self.used(kernel: kernelWidth, padding, stride, input.width, output.width) }

  private static func used(kernel: Int, _ padding: Int, _ stride: Int, _ extent: Int, _ positions: Int) -> Range<Int> {
    let met = (0..<kernel).filter { tap in
      (0..<positions).contains { (0..<extent).contains($0 * stride + tap - padding) }
    }
    return (met.first ?? 0)..<(met.last ?? 0) + 1
  }

  /// The numbers of the taps that meet the image.
  var usedTaps: [Int] { usedRows.flatMap { i in usedColumns.map { i * kernelWidth + $0 } } }

  /// The input with what the used taps read around it.
  var surroundedInput: PaddedImage {
    func reach(_ taps: Range<Int>, _ extent: Int, _ positions: Int) -> (before: Int, size: Int) {
      let before = max(0, padding - taps.lowerBound)
      let end = max(extent, (positions - 1) * stride + taps.upperBound - padding)
      return (before, before + end)
    }
    let (top, height) = reach(usedRows, input.height, output.height)
    let (left, width) = reach(usedColumns, input.width, output.width)
    return PaddedImage(shape: input, top: top, left: left, height: height, width: width)
  }

  /// The first value that the first used tap reads of the input with its surroundings.
  func origin(in padded: PaddedImage) -> Int {
    (padded.top + usedRows.lowerBound - padding) * padded.rowPitch
      + (padded.left + usedColumns.lowerBound - padding) * input.channels
  }

  /// The rows of the forward pass.
  fileprivate var forwardRows: GEMMRows {
    let padded = surroundedInput
    return GEMMRows(
      padded: padded, origin: origin(in: padded),
      source: RowPitches(step: stride * input.channels, line: stride * padded.rowPitch, image: padded.count),
      width: output.width, height: output.height, segments: usedRows.count, k: usedColumns.count * input.channels,
      result: 0, target: RowPitches(step: outputChannels, line: output.width * outputChannels, image: output.count))
  }

  /// A 1x1 convolution of all positions, whose rows are one after the other in all images.
  var isProduct: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == 0 }
}

/// The forward pass.
func convolvePackedGEMM(_ pass: FeaturePass) {
  let geometry = pass.geometry
  let taps = PackedTaps(
    taps: geometry.usedTaps, k: geometry.input.channels, n: geometry.outputChannels, isTransposed: false)
  let packed = PackedWeights(
    pass.weights, taps, into: pass.execution.scratch.shared(taps.count), on: pass.execution)
  if geometry.isProduct {
    pass.multiplyPositions(by: packed)
  } else {
    pass.multiplyRows([(geometry.forwardRows, packed)], clearing: false)
  }
}
