internal import Kernels

/// A convolution without bias; a batch normalisation that follows supplies the shift.
struct ConvolutionLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let geometry: ConvolutionGeometry
  let weights: Parameter

  var kind: String {
    "convolution \(geometry.kernelHeight)x\(geometry.kernelWidth)"
      + (geometry.stride > 1 ? " / \(geometry.stride)" : "")
  }
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [weights] }
  var multiplyAdds: Int { geometry.multiplyAdds }
  var keptForBackward: [Slot] { [input] }
  func scratch(batch: Int, format: NumberFormat) -> ScratchSize {
    convolutionScratch(geometry, batch: batch, format: format)
  }

  func forward(_ memory: Memory) {
    var fusion = ConvolutionFusion()
    let before = memory.fusion.inputs[name]
    fusion.input = before?.vectors(memory)
    if memory.purpose == .training { fusion.measured = memory.fusion.measured[name]?.vectors(memory) }
    convolve(
      memory.value(before?.input ?? input), weights: memory.parameter(weights), into: memory.value(output),
      geometry: geometry, fusion: fusion, on: memory.execution)
  }

  func backward(_ memory: Memory) {
    let isFixed = weights.rate == 0 && memory.gradient(input) == nil
    guard !isFixed, let outputGradient = memory.gradient(output) else { return }
    var fusion = ConvolutionFusion()
    let before = memory.fusion.inputs[name]
    fusion.input = before?.vectors(memory)
    fusion.applied = memory.fusion.applied[name]?.gradient(memory)
    convolveBackwardWeights(
      outputGradient, input: memory.value(before?.input ?? input), into: memory.gradient(weights), geometry: geometry,
      fusion: fusion, on: memory.execution)
    guard let inputGradient = memory.gradient(input) else { return }
    fusion.summed = memory.fusion.summed[name]?.gradient(memory)
    convolveBackwardData(
      outputGradient, weights: memory.parameter(weights), into: inputGradient,
      accumulating: memory.accumulates(self), geometry: geometry, fusion: fusion, on: memory.execution)
  }
}

extension Plan {
  /// A convolution whose weights start from the normal distribution of He et al. 2015 with fan out, or as `initial` says.
  package mutating func convolution(
    _ input: Slot, _ name: String, channels: Int, kernel: Int = 3, stride: Int = 1, padding: Int? = nil,
    initial: Initialization? = nil, rate: Float = 1
  ) -> Slot {
    let geometry = ConvolutionGeometry(
      input: input.shape, outputChannels: channels, kernelHeight: kernel, kernelWidth: kernel, stride: stride,
      padding: padding ?? kernel / 2)
    let weights = parameter(
      "\(name).weight", .convolution(geometry), .weight, initial ?? .heNormal(fan: channels * kernel * kernel),
      rate: rate)
    let output = slot(geometry.output)
    return append(ConvolutionLayer(name: name, input: input, output: output, geometry: geometry, weights: weights))
  }
}
