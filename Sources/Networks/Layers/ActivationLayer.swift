package import Kernels

/// A bias for each channel, where there is one, and a function of each value.
struct ActivationLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let bias: Parameter?
  let function: ActivationFunction

  var kind: String {
    let word =
      switch function {
      case .identity: "bias"
      case .rectifier: "ReLU"
      case .rectifier6: "ReLU6"
      case .sigmoidLinear: "SiLU"
      case .gaussianErrorLinear: "GELU"
      case .quickGaussianErrorLinear: "QuickGELU"
      }
    return bias == nil || function == .identity ? word : "bias + \(word)"
  }
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { bias.map { [$0] } ?? [] }

  func forward(into list: inout OperationList) {
    list.append(
      .activate(Activation(function: function, bias: bias.map { Place($0) }, maps: list.maps(input, output))))
  }
}

/// Normalises each position's channels by themselves (Ba, Kiros, Hinton 2016).
struct LayerNormalizationLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let scale: Parameter
  let shift: Parameter
  let epsilon: Float

  let kind = "layer norm"
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [scale, shift] }

  func forward(into list: inout OperationList) {
    list.append(
      .normalizeLayer(
        LayerNormalization(
          epsilon: epsilon, scale: Place(scale), shift: Place(shift), maps: list.maps(input, output))))
  }
}

/// Multiplies each channel by a number of its own (LayerScale; Touvron et al. 2021).
struct ChannelScaleLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let scale: Parameter

  let kind = "scale"
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [scale] }

  func forward(into list: inout OperationList) {
    list.append(.scaleChannels(ChannelScaling(scale: Place(scale), maps: list.maps(input, output))))
  }
}

extension Plan {
  package mutating func channelScale(_ input: Slot, _ name: String) -> Slot {
    append(
      ChannelScaleLayer(
        name: name, input: input, output: slot(input.shape),
        scale: parameter(name, .vector(input.shape.channels), .scale, .constant(1))))
  }

  package mutating func activation(_ input: Slot, _ name: String, _ function: ActivationFunction) -> Slot {
    append(
      ActivationLayer(name: name, input: input, output: slot(input.shape), bias: nil, function: function))
  }

  /// Adds the parameter `name`, then applies the function.
  package mutating func bias(_ input: Slot, _ name: String, then function: ActivationFunction = .identity) -> Slot {
    append(
      ActivationLayer(
        name: name, input: input, output: slot(input.shape),
        bias: parameter(name, .vector(input.shape.channels), .bias, .constant(0)), function: function))
  }

  package mutating func layerNormalization(_ input: Slot, _ name: String, epsilon: Float) -> Slot {
    let channels = input.shape.channels
    return append(
      LayerNormalizationLayer(
        name: name, input: input, output: slot(input.shape),
        scale: parameter("\(name).weight", .vector(channels), .scale, .constant(1)),
        shift: parameter("\(name).bias", .vector(channels), .shift, .constant(0)), epsilon: epsilon))
  }
}
