package import Kernels

/// A bias for each channel, where there is one, and a function of each value.
struct ActivationLayer: InferenceLayer {
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

  func forward(_ memory: Memory) {
    activate(
      memory.value(input), bias: bias.map { UnsafePointer(memory.parameter($0)) }, by: function,
      into: memory.value(output), on: memory.execution)
  }
}

/// Normalises each position's channels by themselves (Ba, Kiros, Hinton 2016).
struct LayerNormalizationLayer: InferenceLayer {
  let name: String
  let input: Slot
  let output: Slot
  let scale: Parameter
  let shift: Parameter
  let epsilon: Float

  let kind = "layer norm"
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [scale, shift] }

  func forward(_ memory: Memory) {
    normalizeLayer(
      memory.value(input), scale: memory.parameter(scale), shift: memory.parameter(shift), epsilon: epsilon,
      into: memory.value(output), on: memory.execution)
  }
}

/// Multiplies each channel by a number of its own (LayerScale; Touvron et al. 2021).
struct ChannelScaleLayer: InferenceLayer {
  let name: String
  let input: Slot
  let output: Slot
  let scale: Parameter

  let kind = "scale"
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [scale] }

  func forward(_ memory: Memory) {
    scaleChannels(
      memory.value(input), by: memory.parameter(scale), into: memory.value(output), on: memory.execution)
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
