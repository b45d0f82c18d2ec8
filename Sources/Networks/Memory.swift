package import Kernels

/// What one batch's trip through a plan is for.
package enum Mode: Sendable {
  /// Batch statistics, everything kept that the backward pass reads, gradients.
  case training
  /// Running statistics, feature maps forgotten as soon as no later layer reads them.
  case inference
  /// Running statistics, and the gradient of the images instead of the parameters': which pixels an output hangs on.
  case imageGradient
}

/// The arenas of a plan at one batch size: the place where every slot, gradient and saved moment lives.
///
/// What you give up by using it: feature maps share memory wherever their lifetimes allow it, so a slot's values
/// are there only between the layer that writes it and the last one that reads it.
package final class Memory: Sendable {
  package let mode: Mode
  package let batch: Int
  package let execution: Execution
  /// The format of feature maps and their gradients.
  package let format: NumberFormat
  package let fusion: Fusion

  package let parameters: Arena
  package let statistics: Arena
  package let gradients: Arena
  package let moments: Arena
  package let features: Arena
  package let featureGradients: Arena

  private let featureOffsets: [Int?]
  private let gradientOffsets: [Int?]
  /// For each layer's name, whether the gradient of each input already holds another layer's share.
  private let accumulation: [String: [Bool]]

  /// - Parameter fusion: what is fused; nil for all that the format and the mode allow.
  package init(
    plan: Plan, network: Network, batch: Int, mode: Mode, processor: Processor, fusion: Fusion? = nil
  ) {
    precondition(batch > 0, "a batch holds at least one image")
    precondition(mode == .inference || plan.isTrainable, "the plan has layers that are for inference only")
    self.mode = mode
    self.batch = batch
    parameters = network.parameters
    statistics = network.statistics
    format = processor.format
    self.fusion = fusion ?? Fusion(plan, format, mode)
    execution = Execution(processor, scratch: plan.scratch(batch: batch, format: format))

    // The loops over bf16 numbers check nothing.
    precondition(plan.supports(processor.format), "the plan has maps that bf16 loops cannot compute")
    precondition(mode != .imageGradient || format == .fp32, "the images' gradient is computed in fp32")
    let training = mode == .training
    let goesBack = mode != .inference
    let features = FeatureLayout(
      features: plan, batch: batch, mode: mode, format: format, fusion: self.fusion)
    self.features = Arena(count: features.floats)
    featureOffsets = features.offsets
    gradients = Arena(count: training ? plan.parameterCount : 0)
    moments = Arena(count: plan.momentCount)
    let gradients =
      goesBack
      ? FeatureLayout(
        gradients: plan, batch: batch, format: format, fusion: self.fusion, reachesImages: mode == .imageGradient)
      : nil
    featureGradients = Arena(count: gradients?.floats ?? 0)
    gradientOffsets = gradients?.offsets ?? []
    accumulation = goesBack ? plan.gradientAccumulation : [:]
  }
}

extension Memory {
  /// The slot must be one that is kept: what is fused leaves some without memory.
  package func value(_ slot: Slot) -> Tensor {
    guard let offset = featureOffsets[slot.index] else { preconditionFailure("the slot's values are never kept") }
    return features.tensor(atByte: offset, slot.format(format), images: batch, shape: slot.shape)
  }

  /// Where the loss's derivative by a slot's values lives; nil for the images in training, which need none.
  package func gradient(_ slot: Slot) -> Tensor? {
    gradientOffsets[slot.index].map {
      featureGradients.tensor(atByte: $0, slot.format(format), images: batch, shape: slot.shape)
    }
  }

  /// Whether the layer adds to the gradient of its input number `input` instead of writing it.
  package func accumulates(_ layer: some Layer, input: Int = 0) -> Bool { accumulation[layer.name]?[input] ?? false }

  package func parameter(_ parameter: Parameter) -> UnsafeMutablePointer<Float> { parameters.base + parameter.offset }
  package func gradient(_ parameter: Parameter) -> UnsafeMutablePointer<Float> { gradients.base + parameter.offset }
  package func statistic(_ statistic: Statistic) -> UnsafeMutablePointer<Float> { statistics.base + statistic.offset }
  package func moment(_ offset: Int) -> UnsafeMutablePointer<Float> { moments.base + offset }
}

extension Plan {
  /// The last layer that reads a slot is the first that the backward pass visits: it writes the gradient, the others add.
  fileprivate var gradientAccumulation: [String: [Bool]] {
    var written = Set<Int>()
    var result: [String: [Bool]] = [:]
    for layer in layers.reversed() {
      result[layer.name] = layer.inputs.map { !written.insert($0.index).inserted }
    }
    return result
  }
}
