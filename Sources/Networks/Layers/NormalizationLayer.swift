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
  var keptForBackward: [Slot] { rectify ? [input, output] : [input] }
  func scratch(batch: Int, format: NumberFormat) -> ScratchSize { normalizationScratch(input.shape, batch: batch) }

  func forward(_ memory: Memory) {
    let vectors = vectors(memory)
    switch memory.mode {
    case .training:
      if !memory.fusion.measures(self) {
        measureMoments(of: memory.value(input), into: vectors, on: memory.execution)
      }
    case .inference, .imageGradient: vectors.settleOnRunningStatistics()
    }
    if memory.fusion.absorbs(self) || memory.fusion.finishes(self) { return }
    normalize(
      memory.value(input), with: vectors, residual: residual.map(memory.value), into: memory.value(output),
      on: memory.execution)
  }

  func backward(_ memory: Memory) {
    guard let step = gradient(memory), let inputGradient = memory.gradient(input) else { return }
    if memory.mode == .imageGradient {
      step.normalization.settleBackwardOnRunningStatistics()
    } else if !memory.fusion.sums(self) {
      sumGradients(step, on: memory.execution)
    }
    if memory.fusion.applies(self) { return }
    normalizeBackward(step, into: inputGradient, accumulating: memory.accumulates(self), on: memory.execution)
  }

  func vectors(_ memory: Memory) -> BatchNormalization {
    let isTraining = memory.mode == .training
    var vectors = BatchNormalization(
      channels: input.shape.channels, rectify: rectify, gamma: memory.parameter(gamma), beta: memory.parameter(beta),
      runningMean: memory.statistic(mean), runningVariance: memory.statistic(variance),
      moments: BatchNormalization.Moments(at: memory.moment(moments), channels: input.shape.channels),
      gradients: isTraining
        ? BatchNormalization.Gradients(gamma: memory.gradient(gamma), beta: memory.gradient(beta)) : nil)
    vectors.epsilon = epsilon
    vectors.momentum = momentum
    return vectors
  }

  /// The operands of the backward pass.
  func gradient(_ memory: Memory) -> NormalizationGradient? {
    guard let gradient = memory.gradient(output) else { return nil }
    let isKept = rectify && !memory.fusion.absorbs(self)
    return NormalizationGradient(
      vectors(memory), gradient: gradient, input: memory.value(input), output: isKept ? memory.value(output) : nil,
      residual: residual.flatMap(memory.gradient),
      residualAccumulating: residual != nil && memory.accumulates(self, input: 1))
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
