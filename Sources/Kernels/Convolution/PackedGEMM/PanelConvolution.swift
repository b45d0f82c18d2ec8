// Convolutions as products of the positions' rows with weights in panels, without a matrix of patches: a row consists of
// one segment of neighbouring values for each row of the kernel. Each row has the same bits in any company, so that
// images may share a product.

/// Weights in panels of 16 columns.
struct WeightPanels {
  let base: UnsafePointer<Float>
  /// The rows of each panel.
  let depth: Int
  let columns: Int

  /// The floats that panels of `columns` columns occupy.
  static func count(depth: Int, columns: Int) -> Int { (columns + 15) / 16 * 16 * depth }

  /// Packs some taps of a kernel, one below the other, into `target`: of k x n weights each, or of n x k `transposed`.
  init(
    _ weights: UnsafePointer<Float>, taps: [Int], k: Int, n: Int, transposed: Bool,
    into target: UnsafeMutablePointer<Float>, on execution: Execution
  ) {
    let depth = taps.count * k
    (base, self.depth, columns) = (UnsafePointer(target), depth, n)
    execution.pool.run(chunks: (n + 15) / 16) { panel, _ in
      let column = panel * 16
      for (place, tap) in taps.enumerated() {
        execution.table.packPanel(
          weights + tap * k * n + (transposed ? column * k : column), transposed ? k : n, transposed, k,
          min(16, n - column), target + column * depth + place * k * 16)
      }
    }
  }
}

/// The rows of one product: where its images lie, and which of their values are read and written.
struct PanelRows {
  /// The images, with what is around them.
  let padded: PaddedImage
  /// The first value of the first row.
  let origin: Int
  /// Floats between neighbouring rows, and between lines of rows.
  let step: Int
  let linePitch: Int
  let width: Int
  let height: Int
  let segments: Int
  /// Values of a segment; the next one lies one line of the padded image below.
  let k: Int
  /// The same of the results.
  let target: Int
  let targetStep: Int
  let targetLinePitch: Int

  var pixels: Int { width * height }
}

/// Writes (or adds) to images of `output` the products of some kinds of rows of the images of `input`, each with its own
/// panels.
func multiplyRows(
  of input: Tensor, normalizing: BatchNormalization? = nil, _ products: [(rows: PanelRows, weights: WeightPanels)],
  into output: Tensor, accumulating: Bool, clearing: Bool, on execution: Execution,
  finished: ((_ image: Int) -> Void)?
) {
  guard let padded = products.first?.rows.padded else {
    if clearing { output.values.update(repeating: 0) }
    if let finished { execution.pool.run(chunks: input.images) { image, _ in finished(image) } }
    return
  }
  let table = execution.table
  let images = PanelRows.imagesPerTile(pixels: products.map(\.rows.pixels).max() ?? 1)
  let isCopied = !padded.isPlain || normalizing != nil
  let scratch = isCopied ? images * padded.count : 0
  execution.pool.run(chunks: (input.images + images - 1) / images) { tile, worker in
    let first = tile * images
    let count = min(images, input.images - first)
    var source = UnsafePointer(input.base + first * input.shape.count)
    let target = output.base + first * output.shape.count
    if isCopied {
      let copies = execution.scratch.worker(worker, scratch)
      for image in 0..<count {
        _ = padded.prepare(
          source + image * input.shape.count, normalizing: normalizing, in: copies + image * padded.count, table)
      }
      source = UnsafePointer(copies)
    }
    if clearing { target.update(repeating: 0, count: count * output.shape.count) }
    for (rows, weights) in products {
      rows.multiply(
        source, images: count, by: weights, into: target, imagePitch: output.shape.count,
        accumulating: accumulating, table)
    }
    if let finished { (first..<first + count).forEach(finished) }
  }
}

extension PanelRows {
  /// So many that a product has enough rows to make up for fetching the weights.
  static func imagesPerTile(pixels: Int) -> Int { max(1, 64 / pixels) }

  /// Long rows are summed a segment at a time, tall images taken some lines at a time, so that what is read again stays
  /// in the second-level cache.
  fileprivate func multiply(
    _ source: UnsafePointer<Float>, images: Int, by weights: WeightPanels, into output: UnsafeMutablePointer<Float>,
    imagePitch: Int, accumulating: Bool, _ table: KernelTable
  ) {
    let lines = images > 1 ? height : max(1, 128 / width)
    let together = segments * k <= 1024 ? segments : 1
    for line in stride(from: 0, to: height, by: lines) {
      let rows = images * width * min(lines, height - line)
      for segment in stride(from: 0, to: segments, by: together) {
        table.multiplyPanels(
          source + origin + line * linePitch + segment * padded.rowPitch, step, linePitch, padded.count, rows, width,
          height, together, padded.rowPitch, k, weights.base + segment * k * 16, weights.depth * 16, weights.columns,
          accumulating || segment > 0, output + target + line * targetLinePitch, targetStep, targetLinePitch,
          imagePitch)
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
  fileprivate var forwardRows: PanelRows {
    let padded = surroundedInput
    return PanelRows(
      padded: padded, origin: origin(in: padded), step: stride * input.channels, linePitch: stride * padded.rowPitch,
      width: output.width, height: output.height, segments: usedRows.count, k: usedColumns.count * input.channels,
      target: 0, targetStep: outputChannels, targetLinePitch: output.width * outputChannels)
  }

  /// A 1x1 convolution of all positions, whose rows are one after the other in all images.
  var isProduct: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == 0 }
}

/// The forward pass.
func convolveInPanels(
  _ input: Tensor, normalizing: BatchNormalization?, weights: UnsafePointer<Float>, into output: Tensor,
  geometry: ConvolutionGeometry, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  let (k, n, taps) = (geometry.input.channels, geometry.outputChannels, geometry.usedTaps)
  let shared = execution.scratch.shared(WeightPanels.count(depth: taps.count * k, columns: n))
  let packed = WeightPanels(weights, taps: taps, k: k, n: n, transposed: false, into: shared, on: execution)
  if geometry.isProduct {
    multiplyRows(
      input, normalizing: normalizing, by: packed, into: output, accumulating: false, on: execution, finished: finished)
  } else {
    multiplyRows(
      of: input, normalizing: normalizing, [(geometry.forwardRows, packed)], into: output, accumulating: false,
      clearing: false, on: execution, finished: finished)
  }
}

/// The rows of all images that `multiplyRows` takes at a time.
enum ProductTiles {
  static let height = 128
}

/// Multiplies all positions of all images, some rows and columns at a time: so many columns that their weights stay in
/// the second-level cache. Rows that are normalised are taken with all columns, where there are rows for all threads.
func multiplyRows(
  _ input: Tensor, normalizing: BatchNormalization? = nil, by weights: WeightPanels, into output: Tensor,
  accumulating: Bool, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  let (k, n) = (input.shape.channels, output.shape.channels)
  let (count, height) = (input.images * input.shape.pixels, ProductTiles.height)
  let width = max(32, 131_072 / k / 32 * 32)
  let tiles = (count + height - 1) / height
  let isWhole = normalizing != nil && tiles >= 2 * execution.pool.threads
  let blocks = isWhole ? 1 : (n + width - 1) / width
  execution.pool.run(chunks: tiles * blocks) { chunk, worker in
    let row = chunk % tiles * height
    let rows = min(height, count - row)
    var source = UnsafePointer(input.base + row * k)
    if let normalizing {
      let normalized = execution.scratch.worker(worker, height * k)
      normalizing.normalize(source, rows: rows, into: normalized, execution.table)
      source = UnsafePointer(normalized)
    }
    let columns = isWhole ? 0..<n : chunk / tiles * width..<min(n, (chunk / tiles + 1) * width)
    for column in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
      execution.table.multiplyPanels(
        source, k, 0, 0, rows, rows, 1, 1, 0, k, weights.base + column * k, k * 16, min(width, n - column),
        accumulating, output.base + row * n + column, n, 0, 0)
    }
  }
  if let finished { execution.pool.run(chunks: input.images) { image, _ in finished(image) } }
}
