internal import Kernels

/// One operation with its operands, ready to run.
typealias CPUStep = () -> Void

extension CPUMemory {
  func step(for kernel: Kernel, on execution: Execution) -> CPUStep {
    switch kernel {
    case .convolve(let one): convolve(one, execution)
    case .convolveBackwardWeights(let one): convolveBackwardWeights(one, execution)
    case .convolveBackwardData(let one): convolveBackwardData(one, execution)
    case .measureMoments(let one): measureMoments(one, execution)
    case .useRunningStatistics(let vectors): useRunningStatistics(vectors)
    case .normalize(let one): normalize(one, execution)
    case .sumGradients(let one): sumGradients(one, execution)
    case .normalizeBackward(let one): normalizeBackward(one, execution)
    case .add(let one): add(one, execution)
    case .addBackward(let one): addBackward(one, execution)
    case .shorten(let one): shorten(one, execution)
    case .shortenBackward(let one): shortenBackward(one, execution)
    case .poolMaximum(let one): poolMaximum(one, execution)
    case .poolMaximumBackward(let one): poolMaximumBackward(one, execution)
    case .poolGlobalAverage(let one): poolGlobalAverage(one, execution)
    case .poolGlobalAverageBackward(let one): poolGlobalAverageBackward(one, execution)
    case .poolAverage(let one): poolAverage(one, execution)
    case .multiplyLinear(let one): multiplyLinear(one, execution)
    case .multiplyLinearBackwardWeights(let one): multiplyLinearBackwardWeights(one, execution)
    case .multiplyLinearBackwardData(let one): multiplyLinearBackwardData(one, execution)
    case .convolveDepthwise(let one): convolveDepthwise(one, execution)
    case .activate(let one): activate(one, execution)
    case .normalizeLayer(let one): normalizeLayer(one, execution)
    case .scaleChannels(let one): scaleChannels(one, execution)
    case .concatenate(let one): concatenate(one, execution)
    case .padWithZeros(let one): padWithZeros(one, execution)
    case .embedTokens(let one): embedTokens(one, execution)
    case .takeFirstPosition(let one): takeFirstPosition(one)
    case .attend(let one): attend(one, execution)
    }
  }
}
