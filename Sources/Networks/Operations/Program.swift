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

/// The two lists of a program.
package enum Pass: String, Sendable, CaseIterable { case forward, backward }

/// A plan compiled for one purpose and one format of feature maps: the operations of both passes, in order.
///
/// Nothing else is known of a network when it runs. Memory, scratch, the bytes that move and the rows of a profile follow
/// from the lists; what is fused is a change of the lists by `FusionRule`s.
package struct Program: Sendable {
  package let mode: Mode
  package let format: NumberFormat
  package internal(set) var forward: [Operation]
  package internal(set) var backward: [Operation]

  /// Where the images are put before the forward pass.
  package let input: Place
  package let logits: Place
  /// Where the loss's derivative by the logits is put before the backward pass; nil in inference.
  package let logitsGradient: Place?
  /// The gradient of the images, where that is what is wanted.
  package let inputGradient: Place?
  /// What can be read after a pass, the logits among it.
  package let kept: [Place]

  /// Floats of the arenas that do not depend on the batch.
  package let parameterCount: Int
  package let statisticCount: Int
  package let momentCount: Int
}

extension Program {
  /// - Parameter rules: what is fused; nil for all that the format and the mode allow.
  package init(_ plan: Plan, mode: Mode, format: NumberFormat, rules: [FusionRule]? = nil) {
    precondition(mode == .inference || plan.isTrainable, "the plan has layers that are for inference only")
    precondition(plan.supports(format), "the plan has maps that bf16 loops cannot compute")
    precondition(mode != .imageGradient || format == .fp32, "the images' gradient is computed in fp32")
    let goesBack = mode != .inference
    (self.mode, self.format) = (mode, format)
    forward = plan.operations(.forward, mode: mode, format: format).operations
    backward = goesBack ? plan.operations(.backward, mode: mode, format: format).operations : []
    input = Place(valuesOf: plan.input, format)
    logits = Place(valuesOf: plan.output, format)
    logitsGradient = goesBack ? Place(gradientOf: plan.output, format) : nil
    inputGradient = mode == .imageGradient ? Place(gradientOf: plan.input, format) : nil
    kept = (plan.kept + [plan.output] + (goesBack ? [plan.input] : [])).map { Place(valuesOf: $0, format) }
    (parameterCount, statisticCount, momentCount) = (plan.parameterCount, plan.statisticCount, plan.momentCount)
    accumulateGradients()
    for rule in rules ?? FusionRule.all(mode) { rule.rewrite(&self) }
  }

  /// The values of a slot, which can be read behind a pass where they are kept.
  package func value(_ slot: Slot) -> Place { Place(valuesOf: slot, format) }

  package func operations(_ pass: Pass) -> [Operation] { pass == .forward ? forward : backward }

  /// The first operation that writes a gradient writes it, all later ones add.
  private mutating func accumulateGradients() {
    var written: Set<Place> = []
    for index in backward.indices {
      backward[index].kernel.visitTargets { $0.accumulates = !written.insert($0.place).inserted }
    }
  }
}

extension Plan {
  /// What the layers emit for a pass, each on its own.
  func operations(_ pass: Pass, mode: Mode, format: NumberFormat) -> OperationList {
    var list = OperationList(self, mode: mode, format: format)
    switch pass {
    case .forward:
      for (index, layer) in layers.enumerated() { list.append(layer, at: index) { $0.forward(into: &$1) } }
    case .backward:
      for (index, layer) in layers.enumerated().reversed() { list.append(layer, at: index) { $0.backward(into: &$1) } }
    }
    return list
  }

  /// Whether every layer has a backward pass.
  package var isTrainable: Bool { !operations(.backward, mode: .training, format: .fp32).isForInferenceOnly }

  /// Multiplications with an addition that one image's forward pass takes in convolutions, linear layers and attention.
  package var multiplyAdds: Int { layerMultiplyAdds.reduce(0, +) }

  /// The same for each layer.
  package var layerMultiplyAdds: [Int] {
    operations(.forward, mode: .inference, format: .fp32).operations.reduce(
      into: Array(repeating: 0, count: layers.count)
    ) { $0[$1.layer] += $1.multiplyAdds }
  }
}
