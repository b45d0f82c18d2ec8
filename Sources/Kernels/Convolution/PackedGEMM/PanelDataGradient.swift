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
  geometry: ConvolutionGeometry, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  let (channels, results) = (geometry.outputChannels, geometry.input.channels)
  let shared = execution.scratch.shared(geometry.panelShared)
  if geometry.isProduct {
    let packed = WeightPanels(
      weights, taps: [0], k: channels, n: results, transposed: true, into: shared, on: execution)
    return multiplyRows(
      outputGradient, by: packed, into: inputGradient, accumulating: accumulating, on: execution, finished: finished)
  }
  var offset = 0
  let products = geometry.gradientRows.map { rows, taps in
    let packed = WeightPanels(
      weights, taps: taps, k: channels, n: results, transposed: true, into: shared + offset, on: execution)
    offset += WeightPanels.count(depth: taps.count * channels, columns: results)
    return (rows: rows, weights: packed)
  }
  multiplyRows(
    of: outputGradient, products, into: inputGradient, accumulating: accumulating,
    clearing: geometry.hasIdlePositions && !accumulating, on: execution, finished: finished)
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
        PanelRows.imagesPerTile(pixels: output.pixels) * surroundedInput.count,
        PanelRows.imagesPerTile(pixels: pixels) * gradient.count,
        isProduct ? ProductTiles.height * input.channels : 0), shared: panelShared)
  }
}
