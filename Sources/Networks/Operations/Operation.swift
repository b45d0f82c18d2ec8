/// One kernel of a program with its operands, and the layer that it works for.
package struct Operation: Sendable {
  /// The layer's index in the plan.
  package let layer: Int
  package let name: String
  /// The layer's kind, the row of a profile.
  package let kind: String
  package var kernel: Kernel
}

/// The kernels that a backend provides, each with its operands. What another kernel's work is fused into them is optional.
package enum Kernel: Sendable {
  case convolve(Convolution)
  case convolveBackwardWeights(ConvolutionWeightGradient)
  case convolveBackwardData(ConvolutionDataGradient)

  case measureMoments(MomentMeasurement)
  case useRunningStatistics(NormalizationVectors)
  case normalize(NormalizationPass)
  case sumGradients(GradientSums)
  case normalizeBackward(NormalizationBackward)

  case add(Addition)
  /// The share of a sum's gradient that goes to one of what was added: a copy, or an addition.
  case addBackward(GradientCopy)
  case shorten(PaddedShortcut)
  case shortenBackward(PaddedShortcutBackward)

  case poolMaximum(Pooling)
  case poolMaximumBackward(PoolingBackward)
  case poolGlobalAverage(MapPair)
  case poolGlobalAverageBackward(GradientCopy)
  case poolAverage(AveragePooling)

  case multiplyLinear(LinearProduct)
  case multiplyLinearBackwardWeights(LinearWeightGradient)
  case multiplyLinearBackwardData(LinearDataGradient)

  case convolveDepthwise(DepthwiseConvolution)
  case activate(Activation)
  case normalizeLayer(LayerNormalization)
  case scaleChannels(ChannelScaling)
  case concatenate(Concatenation)
  case padWithZeros(ZeroPadding)
  case embedTokens(TokenEmbedding)
  case takeFirstPosition(MapPair)
  case attend(Attention)
}

/// The operands of a kernel.
protocol Operands: Sendable {
  /// Calls `body` for each operand; what it changes of a place is the kernel's from then on.
  mutating func visit(_ body: (inout Place, Access) -> Void)
  /// Calls `body` for each gradient that may be added to instead of written.
  mutating func visitTargets(_ body: (inout GradientTarget) -> Void)
  /// Multiplications with an addition for one image.
  var multiplyAdds: Int { get }
}

extension Operands {
  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) {}
  var multiplyAdds: Int { 0 }
}

extension GradientTarget {
  mutating func visit(_ body: (inout Place, Access) -> Void) { body(&place, accumulates ? .update : .write) }
}

extension Operation {
  /// The places that are read before anything is written to them.
  package var reads: [Place] { accesses.filter(\.access.reads).map(\.place) }
  package var writes: [Place] { accesses.filter(\.access.writes).map(\.place) }
  /// The gradients that it writes or adds to.
  package var targets: [GradientTarget] {
    var found: [GradientTarget] = []
    var kernel = kernel
    kernel.visitTargets { found.append($0) }
    return found
  }

  package var accesses: [(place: Place, access: Access)] {
    var found: [(Place, Access)] = []
    var kernel = kernel
    kernel.visit { found.append(($0, $1)) }
    return found
  }

  /// Multiplications with an addition for one image, convolutions, linear layers and attention only.
  package var multiplyAdds: Int { kernel.multiplyAdds }
}

extension Kernel: Operands {
  mutating func visit(_ body: (inout Place, Access) -> Void) { change { $0.visit(body) } }
  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) { change { $0.visitTargets(body) } }
  var multiplyAdds: Int {
    var (copy, count) = (self, 0)
    copy.change { count = $0.multiplyAdds }
    return count
  }

  private mutating func change(_ body: (inout any Operands) -> Void) {
    func changed<Payload: Operands>(_ payload: Payload) -> Payload {
      var operands: any Operands = payload
      body(&operands)
      guard let result = operands as? Payload else { preconditionFailure("operands keep their type") }
      return result
    }
    switch self {
    case .convolve(let operands): self = .convolve(changed(operands))
    case .convolveBackwardWeights(let operands): self = .convolveBackwardWeights(changed(operands))
    case .convolveBackwardData(let operands): self = .convolveBackwardData(changed(operands))
    case .measureMoments(let operands): self = .measureMoments(changed(operands))
    case .useRunningStatistics(let operands): self = .useRunningStatistics(changed(operands))
    case .normalize(let operands): self = .normalize(changed(operands))
    case .sumGradients(let operands): self = .sumGradients(changed(operands))
    case .normalizeBackward(let operands): self = .normalizeBackward(changed(operands))
    case .add(let operands): self = .add(changed(operands))
    case .addBackward(let operands): self = .addBackward(changed(operands))
    case .shorten(let operands): self = .shorten(changed(operands))
    case .shortenBackward(let operands): self = .shortenBackward(changed(operands))
    case .poolMaximum(let operands): self = .poolMaximum(changed(operands))
    case .poolMaximumBackward(let operands): self = .poolMaximumBackward(changed(operands))
    case .poolGlobalAverage(let operands): self = .poolGlobalAverage(changed(operands))
    case .poolGlobalAverageBackward(let operands): self = .poolGlobalAverageBackward(changed(operands))
    case .poolAverage(let operands): self = .poolAverage(changed(operands))
    case .multiplyLinear(let operands): self = .multiplyLinear(changed(operands))
    case .multiplyLinearBackwardWeights(let operands): self = .multiplyLinearBackwardWeights(changed(operands))
    case .multiplyLinearBackwardData(let operands): self = .multiplyLinearBackwardData(changed(operands))
    case .convolveDepthwise(let operands): self = .convolveDepthwise(changed(operands))
    case .activate(let operands): self = .activate(changed(operands))
    case .normalizeLayer(let operands): self = .normalizeLayer(changed(operands))
    case .scaleChannels(let operands): self = .scaleChannels(changed(operands))
    case .concatenate(let operands): self = .concatenate(changed(operands))
    case .padWithZeros(let operands): self = .padWithZeros(changed(operands))
    case .embedTokens(let operands): self = .embedTokens(changed(operands))
    case .takeFirstPosition(let operands): self = .takeFirstPosition(changed(operands))
    case .attend(let operands): self = .attend(changed(operands))
    }
  }
}
