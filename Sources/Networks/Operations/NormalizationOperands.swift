/// The vectors of a batch normalisation, one value a channel each, as `BatchNormalization` defines them. Which of them an
/// operation reads and writes depends on what it does with them.
package struct NormalizationVectors: Hashable, Sendable {
  package let channels: Int
  package let rectify: Bool
  package let epsilon: Float
  /// The share of a batch's statistics in the running ones.
  package let momentum: Float
  package var gamma: Place
  package var beta: Place
  package var runningMean: Place
  package var runningVariance: Place
  /// The batch's own numbers, five vectors in the order of `BatchNormalization.Moments`.
  package var moments: Place
  /// The gradients of gamma and beta; nil without training.
  package var gradients: Gradients?

  package struct Gradients: Hashable, Sendable {
    package var gamma: Place
    package var beta: Place
  }

  /// What is done with the vectors.
  enum Use { case measure, settle, normalize, sum, differentiate }

  mutating func visit(for use: Use, _ body: (inout Place, Access) -> Void) {
    switch use {
    case .measure:
      body(&gamma, .read)
      body(&runningMean, .update)
      body(&runningVariance, .update)
      body(&moments, .write)
    case .settle:
      body(&gamma, .read)
      body(&runningMean, .read)
      body(&runningVariance, .read)
      body(&moments, .write)
    case .normalize:
      body(&moments, .read)
      body(&beta, .read)
    case .sum:
      body(&gamma, .read)
      body(&moments, .update)
      guard gradients != nil else { return }
      gradients?.visit(body)
    case .differentiate: body(&moments, .read)
    }
  }
}

extension NormalizationVectors.Gradients {
  fileprivate mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&gamma, .write)
    body(&beta, .write)
  }
}

/// The moments become those of the running statistics, as inference has them, and the sums of the backward pass zero,
/// since these do not depend on the batch.
extension NormalizationVectors: Operands {
  mutating func visit(_ body: (inout Place, Access) -> Void) { visit(for: .settle, body) }
}

/// The moments of a batch become its own, and the running statistics move towards them.
package struct MomentMeasurement: Operands {
  package var input: Place
  package var vectors: NormalizationVectors

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&input, .read)
    vectors.visit(for: .measure, body)
  }
}

/// output = rectify((input - mean) · scale + beta (+ residual)).
package struct NormalizationPass: Operands {
  package var input: Place
  package var residual: Place?
  package var output: Place
  package var vectors: NormalizationVectors

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&input, .read)
    if var place = residual {
      body(&place, .read)
      residual = place
    }
    body(&output, .write)
    vectors.visit(for: .normalize, body)
  }
}

/// What the backward pass of a normalisation needs besides the gradient of its result.
package struct NormalizationStep: Hashable, Sendable {
  /// What was normalised.
  package var input: Place
  /// The rectified result, whose sign is the mask; nil where there is no rectifier, and where the result was not kept and
  /// the mask is computed from the input.
  package var output: Place?
  package var vectors: NormalizationVectors

  package var recomputesMask: Bool { vectors.rectify && output == nil }

  mutating func visit(for use: NormalizationVectors.Use, _ body: (inout Place, Access) -> Void) {
    body(&input, .read)
    if var place = output {
      body(&place, .read)
      output = place
    }
    vectors.visit(for: use, body)
    if recomputesMask { body(&vectors.beta, .read) }
  }
}

/// The sums of a normalisation's gradients over images and positions, which are the gradients of gamma and beta.
package struct GradientSums: Operands {
  package var gradient: Place
  package var step: NormalizationStep

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&gradient, .read)
    step.visit(for: .sum, body)
  }
}

/// The gradients with respect to the input and the residual of a normalisation, once the sums are there.
package struct NormalizationBackward: Operands {
  package var gradient: Place
  package var step: NormalizationStep
  package var inputGradient: GradientTarget
  package var residualGradient: GradientTarget?

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&gradient, .read)
    step.visit(for: .differentiate, body)
    inputGradient.visit(body)
    residualGradient?.visit(body)
  }

  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) {
    body(&inputGradient)
    if var target = residualGradient {
      body(&target)
      residualGradient = target
    }
  }
}
