internal import Kernels

extension CPUMemory {
  func measureMoments(_ one: MomentMeasurement, _ execution: Execution) -> CPUStep {
    let (input, vectors) = (tensor(one.input), normalization(one.vectors))
    return { Kernels.measureMoments(of: input, into: vectors, on: execution) }
  }

  func useRunningStatistics(_ vectors: NormalizationVectors) -> CPUStep {
    let vectors = normalization(vectors)
    return {
      vectors.settleOnRunningStatistics()
      vectors.settleBackwardOnRunningStatistics()
    }
  }

  func normalize(_ one: NormalizationPass, _ execution: Execution) -> CPUStep {
    let (input, output, vectors) = (tensor(one.input), tensor(one.output), normalization(one.vectors))
    let residual = one.residual.map(tensor)
    return { Kernels.normalize(input, with: vectors, residual: residual, into: output, on: execution) }
  }

  func sumGradients(_ one: GradientSums, _ execution: Execution) -> CPUStep {
    let step = gradient(one.step, of: one.gradient)
    return { Kernels.sumGradients(step, on: execution) }
  }

  func normalizeBackward(_ one: NormalizationBackward, _ execution: Execution) -> CPUStep {
    let step = gradient(one.step, of: one.gradient, residual: one.residualGradient)
    let (target, accumulating) = (tensor(one.inputGradient.place), one.inputGradient.accumulates)
    return { Kernels.normalizeBackward(step, into: target, accumulating: accumulating, on: execution) }
  }

  func normalizeLayer(_ one: LayerNormalization, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    let (scale, shift) = (vector(one.scale), vector(one.shift))
    return {
      Kernels.normalizeLayer(input, scale: scale, shift: shift, epsilon: one.epsilon, into: output, on: execution)
    }
  }
}
