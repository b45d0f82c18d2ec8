internal import Kernels

extension CPUMemory {
  func convolve(_ one: Convolution, _ execution: Execution) -> CPUStep {
    let (input, weights, output) = (tensor(one.input), vector(one.weights), tensor(one.output))
    var fusion = ConvolutionFusion()
    fusion.input = one.normalized.map(normalization)
    fusion.measured = one.measured.map(normalization)
    fusion.finished = one.finished.map { (normalization($0.vectors), $0.residual.map(tensor)) }
    let fused = fusion
    return {
      Kernels.convolve(
        input, weights: weights, into: output, geometry: one.geometry, fusion: fused, on: execution)
    }
  }

  func convolveBackwardWeights(_ one: ConvolutionWeightGradient, _ execution: Execution) -> CPUStep {
    let (outputGradient, input) = (tensor(one.outputGradient), tensor(one.input))
    let target = vector(one.weightGradient)
    var fusion = ConvolutionFusion()
    fusion.input = one.normalized.map(normalization)
    fusion.applied = one.applied.map { gradient($0.step, of: one.outputGradient, residual: $0.residualGradient) }
    let fused = fusion
    return {
      Kernels.convolveBackwardWeights(
        outputGradient, input: input, into: target, geometry: one.geometry, fusion: fused, on: execution)
    }
  }

  func convolveBackwardData(_ one: ConvolutionDataGradient, _ execution: Execution) -> CPUStep {
    let (outputGradient, weights) = (tensor(one.outputGradient), vector(one.weights))
    let (target, accumulating) = (tensor(one.inputGradient.place), one.inputGradient.accumulates)
    var fusion = ConvolutionFusion()
    fusion.summed = one.summed.map { gradient($0, of: one.inputGradient.place) }
    let fused = fusion
    return {
      Kernels.convolveBackwardData(
        outputGradient, weights: weights, into: target, accumulating: accumulating, geometry: one.geometry,
        fusion: fused, on: execution)
    }
  }

  func convolveDepthwise(_ one: DepthwiseConvolution, _ execution: Execution) -> CPUStep {
    let (input, weights, output) = (tensor(one.maps.input), vector(one.weights), tensor(one.maps.output))
    return {
      Kernels.convolveDepthwise(input, weights: weights, into: output, geometry: one.geometry, on: execution)
    }
  }

  func multiplyLinear(_ one: LinearProduct, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.input), tensor(one.output))
    let (weights, bias) = (vector(one.weights), vector(one.bias))
    return {
      Kernels.multiplyLinear(
        input, weights: weights, bias: bias, into: output, geometry: one.geometry, on: execution)
    }
  }

  func multiplyLinearBackwardWeights(_ one: LinearWeightGradient, _ execution: Execution) -> CPUStep {
    let (outputGradient, input) = (tensor(one.outputGradient), tensor(one.input))
    let (weights, bias) = (vector(one.weightGradient), vector(one.biasGradient))
    return {
      Kernels.multiplyLinearBackwardWeights(
        outputGradient, input: input, into: weights, bias: bias, geometry: one.geometry, on: execution)
    }
  }

  func multiplyLinearBackwardData(_ one: LinearDataGradient, _ execution: Execution) -> CPUStep {
    let (weights, ends) = (vector(one.weights), ends(one.gradients))
    return {
      Kernels.multiplyLinearBackwardData(
        ends.from, weights: weights, into: ends.to, accumulating: ends.accumulating, geometry: one.geometry,
        on: execution)
    }
  }
}
