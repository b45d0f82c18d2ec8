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

  private var geometry: LinearGeometry { LinearGeometry(inputs: input.shape.count, outputs: output.shape.count) }

  func forward(into list: inout OperationList) {
    list.append(
      .multiplyLinear(
        LinearProduct(
          geometry: geometry, input: list.value(input), weights: Place(weights), bias: Place(bias),
          output: list.value(output))))
  }

  func backward(into list: inout OperationList) {
    guard let outputGradient = list.gradient(output) else { return }
    if list.mode == .training {
      list.append(
        .multiplyLinearBackwardWeights(
          LinearWeightGradient(
            geometry: geometry, outputGradient: outputGradient, input: list.value(input),
            weightGradient: Place(gradientOf: weights), biasGradient: Place(gradientOf: bias))))
    }
    guard let gradients = list.gradients(input, output) else { return }
    list.append(
      .multiplyLinearBackwardData(
        LinearDataGradient(geometry: geometry, weights: Place(weights), gradients: gradients)))
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
