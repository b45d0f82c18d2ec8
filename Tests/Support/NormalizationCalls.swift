package import Kernels

// Batch normalisations on separate vectors, as the papers write them; what the tests call.

package func normalizeTraining(
  _ input: Tensor, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, residual: Tensor? = nil, rectify: Bool,
  epsilon: Float = 1e-5, into output: Tensor, mean: UnsafeMutablePointer<Float>,
  inverseDeviation: UnsafeMutablePointer<Float>, runningMean: UnsafeMutablePointer<Float>,
  runningVariance: UnsafeMutablePointer<Float>, momentum: Float = 0.1, on execution: Execution
) {
  let vectors = NormalizationVectors(input.shape.channels)
  defer { withExtendedLifetime(vectors) {} }
  let normalization = vectors.normalization(
    rectify: rectify, gamma, beta, runningMean, runningVariance, epsilon: epsilon, momentum: momentum)
  measureMoments(of: input, into: normalization, on: execution)
  normalize(input, with: normalization, residual: residual, into: output, on: execution)
  mean.update(from: normalization.moments.mean, count: input.shape.channels)
  inverseDeviation.update(from: normalization.moments.inverseDeviation, count: input.shape.channels)
}

package func normalizeInference(
  _ input: Tensor, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, residual: Tensor? = nil, rectify: Bool,
  epsilon: Float = 1e-5, into output: Tensor, runningMean: UnsafeMutablePointer<Float>,
  runningVariance: UnsafeMutablePointer<Float>, on execution: Execution
) {
  let vectors = NormalizationVectors(input.shape.channels)
  defer { withExtendedLifetime(vectors) {} }
  let normalization = vectors.normalization(
    rectify: rectify, gamma, beta, runningMean, runningVariance, epsilon: epsilon)
  normalization.settleOnRunningStatistics()
  normalize(input, with: normalization, residual: residual, into: output, on: execution)
}

package func normalizeBackward(
  _ outputGradient: Tensor, output: Tensor?, input: Tensor, gamma: UnsafePointer<Float>,
  beta: UnsafePointer<Float>? = nil, mean: UnsafePointer<Float>, inverseDeviation: UnsafePointer<Float>,
  into inputGradient: Tensor, accumulating: Bool = false, residualGradient: Tensor? = nil,
  residualAccumulating: Bool = false, gammaGradient: UnsafeMutablePointer<Float>,
  betaGradient: UnsafeMutablePointer<Float>, rectify: Bool, on execution: Execution
) {
  let vectors = NormalizationVectors(input.shape.channels)
  defer { withExtendedLifetime(vectors) {} }
  let normalization = vectors.normalization(
    rectify: rectify, gamma, beta ?? gamma, vectors.unused, vectors.unused,
    gradients: BatchNormalization.Gradients(gamma: gammaGradient, beta: betaGradient))
  let channels = input.shape.channels
  normalization.moments.mean.update(from: mean, count: channels)
  normalization.moments.inverseDeviation.update(from: inverseDeviation, count: channels)
  for channel in 0..<channels { normalization.moments.scale[channel] = gamma[channel] * inverseDeviation[channel] }
  let step = NormalizationGradient(
    normalization, gradient: outputGradient, input: input, output: rectify ? output : nil, residual: residualGradient,
    residualAccumulating: residualAccumulating)
  sumGradients(step, on: execution)
  normalizeBackward(step, into: inputGradient, accumulating: accumulating, on: execution)
}

/// Memory for the moments of one batch.
private final class NormalizationVectors {
  private let arena: Arena
  private let channels: Int

  init(_ channels: Int) {
    self.channels = channels
    arena = Arena(count: BatchNormalization.Moments.count(channels: channels) + channels)
  }

  var unused: UnsafeMutablePointer<Float> { arena.base + BatchNormalization.Moments.count(channels: channels) }

  func normalization(
    rectify: Bool, _ gamma: UnsafePointer<Float>, _ beta: UnsafePointer<Float>,
    _ runningMean: UnsafeMutablePointer<Float>, _ runningVariance: UnsafeMutablePointer<Float>, epsilon: Float = 1e-5,
    momentum: Float = 0.1, gradients: BatchNormalization.Gradients? = nil
  ) -> BatchNormalization {
    var normalization = BatchNormalization(
      channels: channels, rectify: rectify, gamma: gamma, beta: beta, runningMean: runningMean,
      runningVariance: runningVariance, moments: BatchNormalization.Moments(at: arena.base, channels: channels),
      gradients: gradients)
    normalization.epsilon = epsilon
    normalization.momentum = momentum
    return normalization
  }
}
