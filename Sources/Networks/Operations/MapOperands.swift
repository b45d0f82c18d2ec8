package import Kernels

// Operands of kernels that are neither convolutions nor batch normalisations.

/// A feature map that is made from another one.
package struct MapPair: Operands {
  package var input: Place
  package var output: Place

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&input, .read)
    body(&output, .write)
  }
}

/// The gradient of a map that is made from another one, for a pass that reads no values.
package struct GradientCopy: Operands {
  package var outputGradient: Place
  package var inputGradient: GradientTarget

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&outputGradient, .read)
    inputGradient.visit(body)
  }

  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) { body(&inputGradient) }
}

/// output = first + second.
package struct Addition: Operands {
  package var first: Place
  package var second: Place
  package var output: Place
  /// The moments of the output are measured.
  package var measured: NormalizationVectors?

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&first, .read)
    body(&second, .read)
    body(&output, .write)
    measured?.visit(for: .measure, body)
  }
}

/// Every `stride`-th position in both directions, with channels of zeros on both sides.
package struct PaddedShortcut: Operands {
  package let stride: Int
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) { maps.visit(body) }
}

package struct PaddedShortcutBackward: Operands {
  package let stride: Int
  package var gradients: GradientCopy

  mutating func visit(_ body: (inout Place, Access) -> Void) { gradients.visit(body) }
  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) { gradients.visitTargets(body) }
}

package struct Pooling: Operands {
  package let geometry: PoolingGeometry
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) { maps.visit(body) }
}

package struct AveragePooling: Operands {
  package let geometry: PoolingGeometry
  /// Whether the padding's zeros count; otherwise the mean is that of what lies inside the image.
  package let countsPadding: Bool
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) { maps.visit(body) }
}

package struct PoolingBackward: Operands {
  package let geometry: PoolingGeometry
  package var input: Place
  package var gradients: GradientCopy

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&input, .read)
    gradients.visit(body)
  }

  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) { gradients.visitTargets(body) }
}

/// output = input weights + bias, each image's values being one row.
package struct LinearProduct: Operands {
  package let geometry: LinearGeometry
  package var input: Place
  package var weights: Place
  package var bias: Place
  package var output: Place

  var multiplyAdds: Int { geometry.weightCount }

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&input, .read)
    body(&weights, .read)
    body(&bias, .read)
    body(&output, .write)
  }
}

/// The gradients of a linear layer's weights and bias, overwritten.
package struct LinearWeightGradient: Operands {
  package let geometry: LinearGeometry
  package var outputGradient: Place
  package var input: Place
  package var weightGradient: Place
  package var biasGradient: Place

  var multiplyAdds: Int { geometry.weightCount }

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&outputGradient, .read)
    body(&input, .read)
    body(&weightGradient, .write)
    body(&biasGradient, .write)
  }
}

package struct LinearDataGradient: Operands {
  package let geometry: LinearGeometry
  package var weights: Place
  package var gradients: GradientCopy

  var multiplyAdds: Int { geometry.weightCount }

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&weights, .read)
    gradients.visit(body)
  }

  mutating func visitTargets(_ body: (inout GradientTarget) -> Void) { gradients.visitTargets(body) }
}
