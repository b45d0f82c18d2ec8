package import Kernels

/// A convolution of the input, and what is done to input and output in the same go.
package struct Convolution: Operands {
  package let geometry: ConvolutionGeometry
  package var input: Place
  package var weights: Place
  package var output: Place
  /// The input is normalised on its way in; the result is kept nowhere.
  package var normalized: NormalizationVectors?
  /// The moments of the output are measured.
  package var measured: NormalizationVectors?
  /// The output is normalised in place.
  package var finished: Finish?

  package struct Finish: Sendable {
    package var vectors: NormalizationVectors
    package var residual: Place?
  }

  var multiplyAdds: Int { geometry.multiplyAdds }

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&input, .read)
    body(&weights, .read)
    body(&output, .write)
    normalized?.visit(for: .normalize, body)
    measured?.visit(for: .measure, body)
    finished?.visit(body)
  }
}

extension Convolution.Finish {
  fileprivate mutating func visit(_ body: (inout Place, Access) -> Void) {
    if var place = residual {
      body(&place, .read)
      residual = place
    }
    vectors.visit(for: .normalize, body)
  }
}

/// The gradient of a convolution's weights, overwritten.
package struct ConvolutionWeightGradient: Operands {
  package let geometry: ConvolutionGeometry
  package var outputGradient: Place
  package var input: Place
  package var weightGradient: Place
  /// The input is normalised on its way in, as in the forward pass.
  package var normalized: NormalizationVectors?
  /// The backward pass of the output's normalisation, done first and in place: `outputGradient` is the gradient of its
  /// result before, and of the convolution's output behind.
  package var applied: Application?

  package struct Application: Sendable {
    package var step: NormalizationStep
    package var residualGradient: GradientTarget?
  }

  var multiplyAdds: Int { geometry.multiplyAdds }

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&outputGradient, applied == nil ? .read : .update)
    body(&input, .read)
    body(&weightGradient, .write)
    normalized?.visit(for: .normalize, body)
    applied?.step.visit(for: .differentiate, body)
    applied?.residualGradient?.visit(body)
  }

  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) {
    guard var target = applied?.residualGradient else { return }
    body(&target)
    applied?.residualGradient = target
  }
}

/// The gradient of a convolution's input.
package struct ConvolutionDataGradient: Operands {
  package let geometry: ConvolutionGeometry
  package var outputGradient: Place
  package var weights: Place
  package var inputGradient: GradientTarget
  /// The sums of the input's normalisation are taken of `inputGradient`, which is complete with this share.
  package var summed: NormalizationStep?

  var multiplyAdds: Int { geometry.multiplyAdds }

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&outputGradient, .read)
    body(&weights, .read)
    inputGradient.visit(body)
    summed?.visit(for: .sum, body)
  }

  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) { body(&inputGradient) }
}
