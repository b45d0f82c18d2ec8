internal import Kernels

/// A convolution of each channel with its own kernel, without bias.
struct DepthwiseLayer: Layer {
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

  func forward(into list: inout OperationList) {
    list.append(
      .convolveDepthwise(
        DepthwiseConvolution(geometry: geometry, weights: Place(weights), maps: list.maps(input, output))))
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
