internal import Networks

extension ReferenceExecutor {
  /// What a convolution reads, after the normalisation that it does on the way in.
  private func input(_ place: Place, _ vectors: NormalizationVectors?) -> [Double] {
    let values = memory.values(place)
    return vectors.map { normalized(values, $0) } ?? values
  }

  func convolve(_ one: Convolution) {
    let output = Reference.convolve(
      input(one.input, one.normalized), weights: memory.values(one.weights), images: batch, one.geometry)
    memory.put(output, at: one.output)
    if let measured = one.measured { measure(one.output, measured) }
    if let finished = one.finished {
      memory.put(
        normalized(memory.values(one.output), finished.vectors, residual: finished.residual), at: one.output)
    }
  }

  func convolveBackwardWeights(_ one: ConvolutionWeightGradient) {
    if let applied = one.applied {
      let (input, residual) = differentiate(one.outputGradient, applied.step)
      memory.put(input, at: one.outputGradient)
      if let target = applied.residualGradient { memory.put(residual, at: target) }
    }
    let gradient = Reference.convolveBackwardWeights(
      memory.values(one.outputGradient), input: input(one.input, one.normalized), images: batch, one.geometry)
    memory.put(gradient, at: one.weightGradient)
  }

  func convolveBackwardData(_ one: ConvolutionDataGradient) {
    let gradient = Reference.convolveBackwardData(
      memory.values(one.outputGradient), weights: memory.values(one.weights), images: batch, one.geometry)
    memory.put(gradient, at: one.inputGradient)
    if let summed = one.summed { sum(one.inputGradient.place, summed) }
  }

  func convolveDepthwise(_ one: DepthwiseConvolution) {
    let weights = memory.values(one.weights)
    make(one.maps) { Reference.convolveDepthwise($0, weights: weights, images: batch, one.geometry) }
  }
}
