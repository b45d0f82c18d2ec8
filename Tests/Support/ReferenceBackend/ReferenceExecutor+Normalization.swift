internal import Kernels
internal import Networks

/// The five vectors of a normalisation's moments; `BatchNormalization.Moments` defines them and their order.
private struct MomentVectors {
  var mean: [Double]
  var inverseDeviation: [Double]
  var scale: [Double]
  var offset: [Double]
  var slope: [Double]
}

extension ReferenceExecutor {
  private func moments(_ vectors: NormalizationVectors) -> MomentVectors {
    let values = memory.values(vectors.moments)
    let parts = (0..<5).map { Array(values[$0 * values.count / 5..<$0 * values.count / 5 + vectors.channels]) }
    return MomentVectors(
      mean: parts[0], inverseDeviation: parts[1], scale: parts[2], offset: parts[3], slope: parts[4])
  }

  private func put(_ moments: MomentVectors, _ vectors: NormalizationVectors) {
    let pitch = vectors.moments.shape.channels / 5
    let parts = [moments.mean, moments.inverseDeviation, moments.scale, moments.offset, moments.slope]
    memory.put(
      parts.flatMap { $0 + [Double](repeating: 0, count: pitch - vectors.channels) }, at: vectors.moments)
  }

  private func settle(_ vectors: NormalizationVectors, mean: [Double], variance: [Double]) {
    let zeros = [Double](repeating: 0, count: vectors.channels)
    let gamma = memory.values(vectors.gamma)
    func scale(_ gamma: [Double]) -> [Double] {
      Reference.scale(gamma, variance: variance, epsilon: Double(vectors.epsilon))
    }
    put(
      MomentVectors(
        mean: mean, inverseDeviation: scale(zeros.map { _ in 1 }), scale: scale(gamma), offset: zeros, slope: zeros),
      vectors)
  }

  func useRunningStatistics(_ vectors: NormalizationVectors) {
    settle(vectors, mean: memory.values(vectors.runningMean), variance: memory.values(vectors.runningVariance))
  }

  func measure(_ map: Place, _ vectors: NormalizationVectors) {
    let moments = Reference.moments(memory.values(map), channels: vectors.channels)
    settle(vectors, mean: moments.mean, variance: moments.variance)
    let share = Double(vectors.momentum)
    for (place, new) in [
      (vectors.runningMean, moments.mean), (vectors.runningVariance, moments.unbiasedVariance),
    ] {
      memory.put(zip(memory.values(place), new).map { (1 - share) * $0 + share * $1 }, at: place)
    }
  }

  /// Rounded as if it had been written to memory.
  func normalized(
    _ input: [Double], _ vectors: NormalizationVectors, residual: Place? = nil
  ) -> [Double] {
    let moments = moments(vectors)
    return Reference.normalize(
      input, mean: moments.mean, scale: moments.scale, shift: memory.values(vectors.beta),
      residual: residual.map { memory.values($0) }, rectify: vectors.rectify
    ).map { Double(Float($0)) }
  }

  func normalize(_ one: NormalizationPass) {
    memory.put(normalized(memory.values(one.input), one.vectors, residual: one.residual), at: one.output)
  }

  /// The gradient behind the rectifier.
  private func masked(_ gradient: Place, _ step: NormalizationStep) -> [Double] {
    let gradient = memory.values(gradient)
    if step.recomputesMask {
      return Reference.mask(gradient, by: normalized(memory.values(step.input), step.vectors))
    }
    return step.output.map { Reference.mask(gradient, by: memory.values($0)) } ?? gradient
  }

  func sum(_ gradient: Place, _ step: NormalizationStep) {
    let (vectors, input) = (step.vectors, memory.values(step.input))
    var moments = moments(vectors)
    let (sums, products) = Reference.sumGradients(masked(gradient, step), input: input, mean: moments.mean)
    let rows = Double(input.count / vectors.channels)
    moments.scale = zip(memory.values(vectors.gamma), moments.inverseDeviation).map(*)
    moments.offset = sums.map { $0 / rows }
    moments.slope = zip(products, moments.inverseDeviation).map { $0 * $1 * $1 / rows }
    put(moments, vectors)
    guard let gradients = vectors.gradients else { return }
    memory.put(sums, at: gradients.beta)
    memory.put(zip(products, moments.inverseDeviation).map(*), at: gradients.gamma)
  }

  /// The gradients with respect to the input and to what was added.
  func differentiate(_ gradient: Place, _ step: NormalizationStep) -> (input: [Double], residual: [Double]) {
    let (masked, moments) = (masked(gradient, step), moments(step.vectors))
    let input = Reference.differentiate(
      masked, input: memory.values(step.input), mean: moments.mean, scale: moments.scale, offset: moments.offset,
      slope: moments.slope)
    return (input, masked)
  }

  func normalizeBackward(_ one: NormalizationBackward) {
    let (input, residual) = differentiate(one.gradient, one.step)
    memory.put(input, at: one.inputGradient)
    if let target = one.residualGradient { memory.put(residual, at: target) }
  }
}
