/// A pass of a convolution that makes feature maps: forward, or to the data, whose source is the output's gradient.
struct FeaturePass {
  let source: Tensor
  /// What is done to the source on its way in.
  var normalization: BatchNormalization?
  /// k x outputChannels, whichever way the pass goes.
  let weights: UnsafePointer<Float>
  /// Written, or added to.
  let target: Tensor
  var isAccumulating = false
  let geometry: ConvolutionGeometry
  let execution: Execution
  /// Called for each image of the target that has been computed.
  var finished: ((_ image: Int) -> Void)?

  func finishing(_ finished: @escaping (_ image: Int) -> Void) -> FeaturePass {
    var pass = self
    pass.finished = finished
    return pass
  }
}

/// What the gradient with respect to a convolution's weights is made of.
struct WeightPass {
  let outputGradient: Tensor
  let input: Tensor
  /// What is done to the input on its way in.
  let normalization: BatchNormalization?
  let geometry: ConvolutionGeometry
  let execution: Execution
  /// Called before an image of the output's gradient is read.
  let prepare: (_ image: Int) -> Void

  /// The same of some images.
  subscript(images: Range<Int>) -> WeightPass {
    WeightPass(
      outputGradient: outputGradient[images], input: input[images], normalization: normalization, geometry: geometry,
      execution: execution, prepare: { prepare(images.lowerBound + $0) })
  }
}
