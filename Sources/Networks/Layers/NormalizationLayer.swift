internal import Kernels

/// Batch normalisation (Ioffe and Szegedy 2015), with the residual sum and the rectifier that may follow it.
///
/// The three are one pass over memory because a narrow network is bound by memory traffic, not by arithmetic.
struct NormalizationLayer: Layer {
  let name: String
  let input: Slot
  let residual: Slot?
  let output: Slot
  let rectify: Bool
  let gamma: Parameter
  let beta: Parameter
  let mean: Statistic
  let variance: Statistic
  /// Where the batch's moments are kept for the backward pass.
  let moments: Int
  /// The share of a batch's statistics in the running ones.
  let momentum: Float
  let epsilon: Float

  var kind: String { "batch norm" + (residual == nil ? "" : " + sum") + (rectify ? " + ReLU" : "") }
  var inputs: [Slot] { [input] + (residual.map { [$0] } ?? []) }
  var parameters: [Parameter] { [gamma, beta] }

  func forward(into list: inout OperationList) {
    let vectors = vectors(list.mode)
    if list.mode == .training {
      list.append(.measureMoments(MomentMeasurement(input: list.value(input), vectors: vectors)))
    } else {
      list.append(.useRunningStatistics(vectors))
    }
    list.append(
      .normalize(
        NormalizationPass(
          input: list.value(input), residual: residual.map(list.value), output: list.value(output), vectors: vectors)))
  }

  func backward(into list: inout OperationList) {
    guard let gradient = list.gradient(output), let target = list.target(input) else { return }
    let step = NormalizationStep(
      input: list.value(input), output: rectify ? list.value(output) : nil, vectors: vectors(list.mode))
    if list.mode == .training { list.append(.sumGradients(GradientSums(gradient: gradient, step: step))) }
    list.append(
      .normalizeBackward(
        NormalizationBackward(
          gradient: gradient, step: step, inputGradient: target, residualGradient: residual.flatMap(list.target))))
  }

  private func vectors(_ mode: Mode) -> NormalizationVectors {
    let channels = input.shape.channels
    return NormalizationVectors(
      channels: channels, rectify: rectify, epsilon: epsilon, momentum: momentum, gamma: Place(gamma),
      beta: Place(beta), runningMean: Place(mean), runningVariance: Place(variance),
      moments: Place(.moments, offset: moments, count: BatchNormalization.Moments.count(channels: channels)),
      gradients: mode == .training
        ? NormalizationVectors.Gradients(gamma: Place(gradientOf: gamma), beta: Place(gradientOf: beta)) : nil)
  }
}

extension Plan {
  /// A batch normalisation, then plus `residual` where there is one, then the rectifier where `rectify` is set.
  ///
  /// - Parameters:
  ///   - pace: what differs from PyTorch's defaults in how the layer learns.
  ///   - epsilon: added to the variance; the default is PyTorch's, which torchvision's and the CIFAR ResNets' published
  ///     weights were trained with.
  package mutating func normalization(
    _ input: Slot, _ name: String, adding residual: Slot? = nil, rectify: Bool = true, gamma initial: Float = 1,
    pace: NormalizationPace = NormalizationPace(), epsilon: Float = 1e-5
  ) -> Slot {
    precondition(residual == nil || residual?.shape == input.shape, "a residual has the shape of what it is added to")
    precondition(residual?.index != input.index, "a residual is another slot than what it is added to")
    let channels = input.shape.channels
    let layer = NormalizationLayer(
      name: name, input: input, residual: residual, output: slot(input.shape), rectify: rectify,
      gamma: parameter("\(name).weight", .vector(channels), .scale, .constant(initial), rate: pace.scaleRate),
      beta: parameter("\(name).bias", .vector(channels), .shift, .constant(0), rate: pace.shiftRate),
      mean: statistic("\(name).running_mean", count: channels, initial: 0),
      variance: statistic("\(name).running_var", count: channels, initial: 1),
      moments: moment(count: BatchNormalization.Moments.count(channels: channels)), momentum: pace.momentum,
      epsilon: epsilon)
    return append(layer)
  }
}

/// How fast a normalisation learns; the defaults are PyTorch's.
package struct NormalizationPace: Sendable {
  /// Factors on the learning rate of the scale and of the shift.
  package var scaleRate: Float = 1
  package var shiftRate: Float = 1
  /// The share of a batch's statistics in the running ones.
  package var momentum: Float = 0.1

  package init() {}
}
