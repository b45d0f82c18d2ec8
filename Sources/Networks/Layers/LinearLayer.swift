internal import Kernels

/// A fully connected layer with bias over the flattened feature map.
struct LinearLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let weights: Parameter
  let bias: Parameter

  let kind = "linear"
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [weights, bias] }
  var multiplyAdds: Int { input.shape.count * output.shape.count }
  var keptForBackward: [Slot] { [input] }
  func scratch(batch: Int, format: NumberFormat) -> ScratchSize { linearScratch(geometry) }

  private var geometry: LinearGeometry { LinearGeometry(inputs: input.shape.count, outputs: output.shape.count) }

  func forward(_ memory: Memory) {
    multiplyLinear(
      memory.value(input), weights: memory.parameter(weights), bias: memory.parameter(bias),
      into: memory.value(output), geometry: geometry, on: memory.execution)
  }

  func backward(_ memory: Memory) {
    guard let outputGradient = memory.gradient(output) else { return }
    if memory.mode == .training {
      multiplyLinearBackwardWeights(
        outputGradient, input: memory.value(input), into: memory.gradient(weights), bias: memory.gradient(bias),
        geometry: geometry, on: memory.execution)
    }
    guard let inputGradient = memory.gradient(input) else { return }
    multiplyLinearBackwardData(
      outputGradient, weights: memory.parameter(weights), into: inputGradient,
      accumulating: memory.accumulates(self), geometry: geometry, on: memory.execution)
  }
}

extension Plan {
  /// A fully connected layer that starts as PyTorch's does: weights and bias uniform in ±1/sqrt(inputs).
  ///
  /// - Parameter factor: a constant factor on the logits. It becomes part of the weights: they start smaller by it, and
  ///   learn at a rate that is smaller by its square.
  package mutating func linear(_ input: Slot, _ name: String, outputs: Int, factor: Float = 1) -> Slot {
    let inputs = input.shape.count
    let initial = Initialization.uniform(bound: factor / Float(inputs).squareRoot())
    let rate = factor * factor
    let layer = LinearLayer(
      name: name, input: input, output: slot(Shape(height: 1, width: 1, channels: outputs), isAlwaysFloat: true),
      weights: parameter("\(name).weight", .matrix(inputs: inputs, outputs: outputs), .weight, initial, rate: rate),
      bias: parameter("\(name).bias", .vector(outputs), .bias, initial, rate: rate))
    return append(layer)
  }
}
