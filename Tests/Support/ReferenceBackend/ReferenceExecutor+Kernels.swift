internal import Kernels
internal import Networks

extension ReferenceExecutor {
  func perform(_ kernel: Kernel) {
    switch kernel {
    case .convolve(let one): convolve(one)
    case .convolveBackwardWeights(let one): convolveBackwardWeights(one)
    case .convolveBackwardData(let one): convolveBackwardData(one)
    case .measureMoments(let one): measure(one.input, one.vectors)
    case .useRunningStatistics(let vectors): useRunningStatistics(vectors)
    case .normalize(let one): normalize(one)
    case .sumGradients(let one): sum(one.gradient, one.step)
    case .normalizeBackward(let one): normalizeBackward(one)
    case .add(let one): add(one)
    case .addBackward(let one): hand(one) { $0 }
    case .shorten(let one): make(one.maps) { shorten($0, one) }
    case .shortenBackward(let one): hand(one.gradients) { shortenBackward($0, one) }
    case .poolMaximum(let one): make(one.maps) { Reference.poolMaximum($0, images: batch, one.geometry) }
    case .poolMaximumBackward(let one): poolMaximumBackward(one)
    case .poolGlobalAverage(let one): make(one) { Reference.poolGlobalAverage($0, images: batch, one.input.shape) }
    case .poolGlobalAverageBackward(let one): poolGlobalAverageBackward(one)
    case .poolAverage(let one): make(one.maps) { poolAverage($0, one) }
    case .multiplyLinear(let one): multiplyLinear(one)
    case .multiplyLinearBackwardWeights(let one): multiplyLinearBackwardWeights(one)
    case .multiplyLinearBackwardData(let one): multiplyLinearBackwardData(one)
    case .convolveDepthwise(let one): convolveDepthwise(one)
    case .activate(let one): activate(one)
    case .normalizeLayer(let one): normalizeLayer(one)
    case .scaleChannels(let one): scaleChannels(one)
    case .concatenate(let one): concatenate(one)
    case .padWithZeros(let one): make(one.maps) { padWithZeros($0, one) }
    case .embedTokens(let one): embedTokens(one)
    case .takeFirstPosition(let one): make(one) { takeFirstPosition($0, one) }
    case .attend(let one): make(one.maps) { attend($0, one) }
    }
  }

  /// Writes what `function` makes of a map.
  func make(_ maps: MapPair, _ function: ([Double]) -> [Double]) {
    memory.put(function(memory.values(maps.input)), at: maps.output)
  }

  /// Writes or adds what `function` makes of a gradient.
  func hand(_ gradients: GradientCopy, _ function: ([Double]) -> [Double]) {
    memory.put(function(memory.values(gradients.outputGradient)), at: gradients.inputGradient)
  }
}

// Sums, poolings and linear layers.
extension ReferenceExecutor {
  private func add(_ one: Addition) {
    memory.put(zip(memory.values(one.first), memory.values(one.second)).map(+), at: one.output)
    if let measured = one.measured { measure(one.output, measured) }
  }

  private func shorten(_ input: [Double], _ one: PaddedShortcut) -> [Double] {
    Reference.shorten(
      input, images: batch, one.maps.input.shape, stride: one.stride, channels: one.maps.output.shape.channels)
  }

  private func shortenBackward(_ gradient: [Double], _ one: PaddedShortcutBackward) -> [Double] {
    Reference.shortenBackward(
      gradient, images: batch, one.gradients.inputGradient.place.shape, stride: one.stride,
      channels: one.gradients.outputGradient.shape.channels)
  }

  private func poolMaximumBackward(_ one: PoolingBackward) {
    let input = memory.values(one.input)
    hand(one.gradients) { Reference.poolMaximumBackward($0, input: input, images: batch, one.geometry) }
  }

  private func poolGlobalAverageBackward(_ one: GradientCopy) {
    hand(one) { Reference.poolGlobalAverageBackward($0, images: batch, one.inputGradient.place.shape) }
  }

  private func poolAverage(_ input: [Double], _ one: AveragePooling) -> [Double] {
    one.countsPadding
      ? Reference.poolAverage(input, images: batch, one.geometry)
      : Reference.poolAverageInside(input, images: batch, one.geometry)
  }

  private func multiplyLinear(_ one: LinearProduct) {
    let result = Reference.multiplyLinear(
      memory.values(one.input), weights: memory.values(one.weights), bias: memory.values(one.bias),
      inputs: one.geometry.inputs)
    memory.put(result, at: one.output)
  }

  private func multiplyLinearBackwardWeights(_ one: LinearWeightGradient) {
    let (weights, bias) = Reference.multiplyLinearBackwardWeights(
      memory.values(one.outputGradient), input: memory.values(one.input), one.geometry)
    memory.put(weights, at: one.weightGradient)
    memory.put(bias, at: one.biasGradient)
  }

  private func multiplyLinearBackwardData(_ one: LinearDataGradient) {
    let weights = memory.values(one.weights)
    hand(one.gradients) { Reference.multiplyLinearBackwardData($0, weights: weights, one.geometry) }
  }
}
