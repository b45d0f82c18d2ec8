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
  /// Where the batch's mean and inverse deviation are kept for the backward pass.
  let savedMean: Int
  let savedInverseDeviation: Int

  var kind: String { "batch norm" + (residual == nil ? "" : " + sum") + (rectify ? " + ReLU" : "") }
  var inputs: [Slot] { [input] + (residual.map { [$0] } ?? []) }
  var parameters: [Parameter] { [gamma, beta] }
  var keptForBackward: [Slot] { rectify ? [input, output] : [input] }
  func scratch(batch: Int) -> ScratchSize { normalizationScratch(input.shape, batch: batch) }

  func forward(_ memory: Memory) {
    switch memory.purpose {
    case .training:
      normalizeTraining(
        memory.value(input), gamma: memory.parameter(gamma), beta: memory.parameter(beta),
        residual: residual.map(memory.value), rectify: rectify, epsilon: Self.epsilon, into: memory.value(output),
        mean: memory.moment(savedMean), inverseDeviation: memory.moment(savedInverseDeviation),
        runningMean: memory.statistic(mean), runningVariance: memory.statistic(variance), momentum: Self.momentum,
        on: memory.execution)
    case .inference:
      normalizeInference(
        memory.value(input), gamma: memory.parameter(gamma), beta: memory.parameter(beta),
        residual: residual.map(memory.value), rectify: rectify, epsilon: Self.epsilon, into: memory.value(output),
        runningMean: memory.statistic(mean), runningVariance: memory.statistic(variance), on: memory.execution)
    }
  }

  func backward(_ memory: Memory) {
    guard let outputGradient = memory.gradient(output), let inputGradient = memory.gradient(input) else { return }
    normalizeBackward(
      outputGradient, output: memory.value(output), input: memory.value(input),
      gamma: memory.parameter(gamma), mean: memory.moment(savedMean),
      inverseDeviation: memory.moment(savedInverseDeviation), into: inputGradient,
      accumulating: memory.accumulates(self), residualGradient: residual.flatMap(memory.gradient),
      residualAccumulating: residual != nil && memory.accumulates(self, input: 1),
      gammaGradient: memory.gradient(gamma), betaGradient: memory.gradient(beta), rectify: rectify,
      on: memory.execution)
  }

  /// PyTorch's defaults, which torchvision's and the CIFAR ResNets' published weights were trained with.
  static let epsilon: Float = 1e-5
  static let momentum: Float = 0.1
}

extension Plan {
  /// A batch normalisation, then plus `residual` where there is one, then the rectifier where `rectify` is set.
  package mutating func normalization(
    _ input: Slot, _ name: String, adding residual: Slot? = nil, rectify: Bool = true, gamma initial: Float = 1
  ) -> Slot {
    precondition(residual == nil || residual?.shape == input.shape, "a residual has the shape of what it is added to")
    let channels = input.shape.channels
    let layer = NormalizationLayer(
      name: name, input: input, residual: residual, output: slot(input.shape), rectify: rectify,
      gamma: parameter("\(name).weight", .vector(channels), .scale, .constant(initial)),
      beta: parameter("\(name).bias", .vector(channels), .shift, .constant(0)),
      mean: statistic("\(name).running_mean", count: channels, initial: 0),
      variance: statistic("\(name).running_var", count: channels, initial: 1),
      savedMean: moment(count: channels), savedInverseDeviation: moment(count: channels))
    return append(layer)
  }
}
