/// What is done to images in the same go as a convolution, mostly while they lie in the cache anyway. Everything is
/// optional.
package struct ConvolutionFusion: Sendable {
  /// The input is normalised on its way in, forward and for the weights' gradient: the result is never kept.
  package var input: BatchNormalization?
  /// Forward: the normalisation of the output, whose moments are measured.
  package var measured: BatchNormalization?
  /// Data gradient: the normalisation that made the input. The convolution's gradient is the last share of the one of its
  /// result, so that its sums can be taken.
  package var summed: NormalizationGradient?
  /// Weights' gradient: the normalisation of the output. Its backward pass writes the gradient that is then used.
  package var applied: NormalizationGradient?
  /// Forward, for inference: the normalisation of the output with what is added to it, which takes the output's place.
  package var finished: (normalization: BatchNormalization, residual: Tensor?)?

  package init() {}
}

extension ConvolutionFusion {
  /// The sums of a forward pass's moments.
  func forwardSums(_ output: Tensor, after offset: @autoclosure () -> Int, _ execution: Execution) -> BlockMoments? {
    measured.map { _ in blocks(of: output.shape.channels, images: output.images, after: offset(), execution) }
  }

  /// Whether anything is done to an image of the output that has been computed.
  var finishes: Bool { measured != nil || finished != nil }

  /// What is done to an image of the output that has been computed.
  func finish(_ image: Int, of output: Tensor, _ sums: BlockMoments?, _ execution: Execution) {
    let pixels = output.shape.pixels
    let rows = image * pixels..<(image + 1) * pixels
    sums?.measure(output, rows: rows, span: RowBlocks.span(channels: output.shape.channels), block: image, execution)
    if let (normalization, residual) = finished {
      normalizeRows(rows, of: output, with: normalization, residual: residual, into: output, execution)
    }
  }

  /// What the whole output's moments are.
  func settle(_ sums: BlockMoments?, _ output: Tensor) {
    guard let sums, let measured, output.images > 0 else { return }
    sums.merge(counts: Array(repeating: output.shape.pixels, count: output.images))
    measured.settle(mean: sums.means, squares: sums.squares, count: output.rows)
  }

  /// The sums of a data gradient's normalisation.
  func backwardSums(_ inputGradient: Tensor, after offset: @autoclosure () -> Int, _ execution: Execution)
    -> BlockMoments?
  {
    summed.map { _ in
      blocks(of: inputGradient.shape.channels, images: inputGradient.images, after: offset(), execution)
    }
  }

  /// Sums over an image of the input's gradient that has been computed.
  func sum(_ image: Int, of inputGradient: Tensor, _ sums: BlockMoments?, _ execution: Execution) {
    guard let sums, let summed else { return }
    let shape = inputGradient.shape
    summed.sum(
      rows: image * shape.pixels..<(image + 1) * shape.pixels, span: RowBlocks.span(channels: shape.channels),
      block: image, into: sums, execution)
  }

  func settleBackward(_ sums: BlockMoments?, _ inputGradient: Tensor) {
    guard let sums, let summed, inputGradient.images > 0 else { return }
    sums.add()
    summed.normalization.settleBackward(sums: sums.means, products: sums.squares, count: inputGradient.rows)
  }

  /// Writes the gradient of an image of the output, from that of the normalisation behind it.
  func apply(_ image: Int, to outputGradient: Tensor, _ execution: Execution) {
    let pixels = outputGradient.shape.pixels
    applied?.apply(
      rows: image * pixels..<(image + 1) * pixels, into: outputGradient, accumulating: false, execution)
  }

  /// Sums of two numbers a channel for each image, behind `offset` floats of shared scratch that are in use.
  func blocks(of channels: Int, images: Int, after offset: Int, _ execution: Execution) -> BlockMoments {
    BlockMoments(execution.scratch, after: offset, blocks: images, channels: channels)
  }

  /// Floats of shared scratch for the sums of `batch` images.
  static func scratch(channels: Int, batch: Int) -> Int {
    BlockMoments.scratch(blocks: batch, channels: channels).shared
  }
}
