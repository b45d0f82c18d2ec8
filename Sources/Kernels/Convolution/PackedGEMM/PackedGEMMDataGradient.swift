internal import LoopTypes

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

  init(first: Int, of axis: GradientAxis) {
    let (extent, kernel, stride) = (axis.extent, axis.kernel, axis.stride)
    let (padding, positions) = (axis.padding, axis.positions)
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
}

/// The rows of the input, or its columns, with the positions of the output along them.
private struct GradientAxis {
  let extent: Int
  let kernel: Int
  let stride: Int
  let padding: Int
  let positions: Int

  var classes: [GradientClass] { (0..<min(stride, extent)).map { GradientClass(first: $0, of: self) } }
}

extension ConvolutionGeometry {
  private var rowClasses: [GradientClass] {
    GradientAxis(
      extent: input.height, kernel: kernelHeight, stride: stride, padding: padding, positions: output.height
    ).classes
  }

  private var columnClasses: [GradientClass] {
    GradientAxis(
      extent: input.width, kernel: kernelWidth, stride: stride, padding: padding, positions: output.width
    ).classes
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
  fileprivate var gradientRows: [(rows: GEMMRows, taps: [Int])] {
    let padded = surroundedGradient
    return rowClasses.flatMap { row in
      columnClasses.compactMap { column in
        guard !row.taps.isEmpty, !column.taps.isEmpty else { return nil }
        let rows = GEMMRows(
          padded: padded,
          origin: (row.start + padded.top) * padded.rowPitch + (column.start + padded.left) * outputChannels,
          source: RowPitches(step: outputChannels, line: padded.rowPitch, image: padded.count), width: column.count,
          height: row.count, segments: row.taps.count, k: column.taps.count * outputChannels,
          result: (row.first * input.width + column.first) * input.channels,
          target: RowPitches(
            step: stride * input.channels, line: stride * input.width * input.channels, image: input.count))
        return (rows, row.taps.flatMap { i in column.taps.map { i * kernelWidth + $0 } })
      }
    }
  }

  /// Whether there are positions that no tap meets.
  fileprivate var hasIdlePositions: Bool { (rowClasses + columnClasses).contains { $0.taps.isEmpty } }
}

/// The gradient with respect to the input.
func convolveBackwardDataPackedGEMM(_ pass: FeaturePass) {
  let (geometry, execution) = (pass.geometry, pass.execution)
  let shared = execution.scratch.shared(geometry.packedShared)
  func packed(_ taps: [Int], at offset: inout Int) -> PackedWeights {
    let taps = PackedTaps(taps: taps, k: geometry.outputChannels, n: geometry.input.channels, isTransposed: true)
    defer { offset += taps.count }
    return PackedWeights(pass.weights, taps, into: shared + offset, on: execution)
  }
  var offset = 0
  if geometry.isProduct { return pass.multiplyPositions(by: packed([0], at: &offset)) }
  let products = geometry.gradientRows.map { rows, taps in (rows: rows, weights: packed(taps, at: &offset)) }
  pass.multiplyRows(products, clearing: geometry.hasIdlePositions && !pass.isAccumulating)
}

extension ConvolutionGeometry {
  /// Floats of shared scratch for the panels of all classes, forward and backward.
  fileprivate var packedShared: Int {
    max(
      PackedWeights.count(depth: k, columns: outputChannels),
      PackedWeights.count(depth: kernelHeight * kernelWidth * outputChannels, columns: input.channels))
  }

  /// The scratch of the passes forward and to the data.
  var packedGEMMScratch: ScratchSize {
    let gradient = surroundedGradient
    let pixels = gradientRows.map(\.rows.pixels).max() ?? 1
    return ScratchSize(
      perWorker: max(
        GEMMRows.imagesPerTile(pixels: output.pixels) * surroundedInput.count,
        GEMMRows.imagesPerTile(pixels: pixels) * gradient.count,
        isProduct ? FeaturePass.positionsPerTile * input.channels : 0), shared: packedShared)
  }
}
