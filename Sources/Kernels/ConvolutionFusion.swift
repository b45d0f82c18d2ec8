/// What is done to images in the same go as a convolution, while they lie in the cache anyway. Everything is optional.
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

  package init() {}
}

extension ConvolutionFusion {
  /// Sums of two numbers a channel for each image, behind `offset` floats of shared scratch that are in use.
  func blocks(of channels: Int, images: Int, after offset: Int, _ execution: Execution) -> BlockMoments {
    BlockMoments(execution.scratch, after: offset, blocks: images, channels: channels)
  }

  /// Floats of shared scratch for the sums of `batch` images.
  static func scratch(channels: Int, batch: Int) -> Int {
    BlockMoments.scratch(blocks: batch, channels: channels).shared
  }
}
