internal import Kernels

/// A convolution of each channel with its own kernel, without bias.
struct DepthwiseLayer: InferenceLayer {
  let name: String
  let input: Slot
  let output: Slot
  let geometry: DepthwiseGeometry
  let weights: Parameter

  var kind: String {
    "depthwise \(geometry.kernel)x\(geometry.kernel)" + (geometry.stride > 1 ? " / \(geometry.stride)" : "")
  }
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [weights] }
  var multiplyAdds: Int { output.shape.pixels * geometry.weightCount }

  func forward(_ memory: Memory) {
    convolveDepthwise(
      memory.value(input), weights: memory.parameter(weights), into: memory.value(output), geometry: geometry,
      on: memory.execution)
  }
}

extension Plan {
  /// A depthwise convolution with TensorFlow's "SAME" padding.
  package mutating func depthwise(_ input: Slot, _ name: String, kernel: Int, stride: Int) -> Slot {
    let geometry = DepthwiseGeometry(same: input.shape, kernel: kernel, stride: stride)
    return append(
      DepthwiseLayer(
        name: name, input: input, output: slot(geometry.output), geometry: geometry,
        weights: parameter(
          "\(name).weight", .depthwise(geometry), .weight, .heNormal(fan: kernel * kernel))))
  }
}
