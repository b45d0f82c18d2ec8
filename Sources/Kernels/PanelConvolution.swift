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
  of input: Tensor, _ products: [(rows: PanelRows, weights: WeightPanels)], into output: Tensor, accumulating: Bool,
  clearing: Bool, on execution: Execution
) {
  guard let padded = products.first?.rows.padded else {
    if clearing { output.values.update(repeating: 0) }
    return
  }
  let table = execution.table
  let images = PanelRows.imagesPerTile(padded, pixels: products.map(\.rows.pixels).max() ?? 1)
  let scratch = padded.isPlain ? 0 : images * padded.count
  execution.pool.run(chunks: (input.images + images - 1) / images) { tile, worker in
    let first = tile * images
    let count = min(images, input.images - first)
    var source = UnsafePointer(input.base + first * input.shape.count)
    let target = output.base + first * output.shape.count
    if !padded.isPlain {
      let copies = execution.scratch.worker(worker, scratch)
      for image in 0..<count {
        _ = padded.prepare(source + image * input.shape.count, in: copies + image * padded.count, table)
      }
      source = UnsafePointer(copies)
    }
    if clearing { target.update(repeating: 0, count: count * output.shape.count) }
    for (rows, weights) in products {
      rows.multiply(
        source, images: count, by: weights, into: target, imagePitch: output.shape.count,
        accumulating: accumulating, table)
    }
  }
}

extension PanelRows {
  /// So many that a product has enough rows to make up for fetching the weights.
  static func imagesPerTile(_ padded: PaddedImage, pixels: Int) -> Int { max(1, 64 / pixels) }

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
  fileprivate var isProduct: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == 0 }
}

/// The forward pass.
func convolveInPanels(
  _ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor, geometry: ConvolutionGeometry,
  on execution: Execution
) {
  let (k, n) = (geometry.input.channels, geometry.outputChannels)
  if geometry.isProduct {
    let packed = packWeights(Matrix(base: weights, stride: n), k: k, n: n, on: execution)
    return multiplyRows(input, by: packed, into: output, accumulating: false, on: execution)
  }
  let taps = geometry.usedRows.flatMap { i in geometry.usedColumns.map { i * geometry.kernelWidth + $0 } }
  let panels = execution.scratch.shared(WeightPanels.count(depth: taps.count * k, columns: n))
  execution.pool.run(chunks: (n + 15) / 16) { panel, _ in
    for (place, tap) in taps.enumerated() {
      execution.table.packPanel(
        weights + tap * k * n + panel * 16, n, false, k, min(16, n - panel * 16),
        panels + (panel * taps.count + place) * k * 16)
    }
  }
  let packed = WeightPanels(base: UnsafePointer(panels), depth: taps.count * k, columns: n)
  multiplyRows(
    of: input, [(geometry.forwardRows, packed)], into: output, accumulating: false, clearing: false, on: execution)
}

private func packWeights(_ matrix: Matrix, k: Int, n: Int, on execution: Execution) -> WeightPanels {
  let panels = execution.scratch.shared(WeightPanels.count(depth: k, columns: n))
  execution.pool.run(chunks: (n + 15) / 16) { panel, _ in
    let column = panel * 16
    execution.table.packPanel(
      matrix.base + (matrix.transposed ? column * matrix.stride : column), matrix.stride, matrix.transposed, k,
      min(16, n - column), panels + column * k)
  }
  return WeightPanels(base: UnsafePointer(panels), depth: k, columns: n)
}

/// Multiplies all positions of all images, some rows and columns at a time: so many columns that their weights stay in
/// the second-level cache.
private func multiplyRows(
  _ input: Tensor, by weights: WeightPanels, into output: Tensor, accumulating: Bool, on execution: Execution
) {
  let (k, n) = (input.shape.channels, output.shape.channels)
  let (count, height) = (input.images * input.shape.pixels, 128)
  let width = max(32, 131_072 / k / 32 * 32)
  let tiles = (count + height - 1) / height
  execution.pool.run(chunks: tiles * ((n + width - 1) / width)) { chunk, _ in
    let (row, column) = (chunk % tiles * height, chunk / tiles * width)
    let rows = min(height, count - row)
    execution.table.multiplyPanels(
      input.base + row * k, k, 0, 0, rows, rows, 1, 1, 0, k, weights.base + column * k, k * 16, min(width, n - column),
      accumulating, output.base + row * n + column, n, 0, 0)
  }
}

// The input's gradient. A row of the input sees the rows of the output's gradient that its taps meet: with a stride s,
// those kernel rows i for which row + padding − i is a multiple of s. So rows and columns fall into s classes each, and
// every pair of classes is a convolution of stride 1 with its part of the kernel, turned, whose results lie s apart.

/// One class of rows, or of columns, of the input.
private struct GradientClass {
  /// The first row of the class, and how many there are.
  let first: Int
  let count: Int
  /// The taps that meet the gradient, in the order of the gradient's rows.
  let taps: [Int]
  /// The gradient's row that the first of the taps meets at the first row; outside of the gradient where negative.
  let start: Int

  init(first: Int, extent: Int, kernel: Int, stride: Int, padding: Int, positions: Int) {
    let least = (first + padding) % stride
    let count = (extent - first + stride - 1) / stride
    let met = Swift.stride(from: least, to: kernel, by: stride).reversed().filter { tap in
      let row = (first + padding - tap) / stride
      return row < positions && row + count > 0
    }
    self.first = first
    self.count = count
    taps = met
    start = met.first.map { (first + padding - $0) / stride } ?? 0
  }

  static func all(extent: Int, kernel: Int, stride: Int, padding: Int, positions: Int) -> [GradientClass] {
    (0..<min(stride, extent)).map {
      GradientClass(
        first: $0, extent: extent, kernel: kernel, stride: stride, padding: padding, positions: positions)
    }
  }
}

extension ConvolutionGeometry {
  private var rowClasses: [GradientClass] {
    GradientClass.all(
      extent: input.height, kernel: kernelHeight, stride: stride, padding: padding, positions: output.height)
  }

  private var columnClasses: [GradientClass] {
    GradientClass.all(
      extent: input.width, kernel: kernelWidth, stride: stride, padding: padding, positions: output.width)
  }

  /// The output's gradient with all that any class reads around it.
  fileprivate var surroundedGradient: PaddedImage {
    func reach(_ classes: [GradientClass], _ extent: Int) -> (before: Int, size: Int) {
      let read = classes.filter { !$0.taps.isEmpty }
      let before = max(0, read.map { -$0.start }.max() ?? 0)
      let end = max(extent, read.map { $0.start + $0.count - 1 + $0.taps.count }.max() ?? 0)
      return (before, before + end)
    }
    let (top, height) = reach(rowClasses, output.height)
    let (left, width) = reach(columnClasses, output.width)
    return PaddedImage(shape: output, top: top, left: left, height: height, width: width)
  }

  /// The rows of every pair of classes that has taps, with the taps in their order.
  fileprivate var gradientRows: [(rows: PanelRows, taps: [Int])] {
    let padded = surroundedGradient
    return rowClasses.flatMap { row in
      columnClasses.compactMap { column in
        guard !row.taps.isEmpty, !column.taps.isEmpty else { return nil }
        let rows = PanelRows(
          padded: padded,
          origin: (row.start + padded.top) * padded.rowPitch + (column.start + padded.left) * outputChannels,
          step: outputChannels, linePitch: padded.rowPitch, width: column.count, height: row.count,
          segments: row.taps.count, k: column.taps.count * outputChannels,
          target: (row.first * input.width + column.first) * input.channels, targetStep: stride * input.channels,
          targetLinePitch: stride * input.width * input.channels)
        return (rows, row.taps.flatMap { i in column.taps.map { i * kernelWidth + $0 } })
      }
    }
  }

  /// Whether there are positions that no tap meets.
  fileprivate var hasIdlePositions: Bool { (rowClasses + columnClasses).contains { $0.taps.isEmpty } }
}

/// The gradient with respect to the input.
func convolveBackwardDataInPanels(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, on execution: Execution
) {
  let (channels, results) = (geometry.outputChannels, geometry.input.channels)
  if geometry.isProduct {
    let packed = packWeights(
      Matrix(base: weights, stride: channels, transposed: true), k: channels, n: results, on: execution)
    return multiplyRows(outputGradient, by: packed, into: inputGradient, accumulating: accumulating, on: execution)
  }
  let panels = (results + 15) / 16
  let shared = execution.scratch.shared(geometry.panelShared)
  var offset = 0
  let products = geometry.gradientRows.map { rows, taps in
    let depth = taps.count * channels
    let base = shared + offset
    execution.pool.run(chunks: panels) { panel, _ in
      for (place, tap) in taps.enumerated() {
        execution.table.packPanel(
          weights + (tap * results + panel * 16) * channels, channels, true, channels,
          min(16, results - panel * 16), base + (panel * depth + place * channels) * 16)
      }
    }
    offset += WeightPanels.count(depth: depth, columns: results)
    return (rows: rows, weights: WeightPanels(base: UnsafePointer(base), depth: depth, columns: results))
  }
  multiplyRows(
    of: outputGradient, products, into: inputGradient, accumulating: accumulating,
    clearing: geometry.hasIdlePositions && !accumulating, on: execution)
}

extension ConvolutionGeometry {
  /// Floats of shared scratch for the panels of all classes, forward and backward.
  fileprivate var panelShared: Int {
    max(
      WeightPanels.count(depth: k, columns: outputChannels),
      WeightPanels.count(depth: kernelHeight * kernelWidth * outputChannels, columns: input.channels))
  }

  /// The scratch of the passes forward and to the data.
  var panelScratch: ScratchSize {
    let gradient = surroundedGradient
    let pixels = gradientRows.map(\.rows.pixels).max() ?? 1
    return ScratchSize(
      perWorker: max(
        PanelRows.imagesPerTile(surroundedInput, pixels: output.pixels) * surroundedInput.count,
        PanelRows.imagesPerTile(gradient, pixels: pixels) * gradient.count), shared: panelShared)
  }
}
