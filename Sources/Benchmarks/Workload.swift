package import Kernels
package import Networks

/// A network at one batch size: what a benchmark measures.
package struct Workload: Sendable {
  package let model: String
  package let plan: Plan
  package let batch: Int

  package init(_ architecture: Architecture, input: Shape, batch: Int) {
    model = architecture.name
    plan = architecture.plan(input: input, classes: Self.classes)
    self.batch = batch
  }

  private static let classes = 10

  /// Convolutions that differ, in the order in which the plan has them, and how many layers compute each.
  package var convolutions: [(geometry: ConvolutionGeometry, layers: Int)] {
    var counts: [ConvolutionGeometry: Int] = [:]
    var order: [ConvolutionGeometry] = []
    for parameter in plan.parameters {
      guard case .convolution(let geometry) = parameter.layout else { continue }
      if counts.updateValue(counts[geometry, default: 0] + 1, forKey: geometry) == nil { order.append(geometry) }
    }
    return order.map { ($0, counts[$0, default: 0]) }
  }
}

extension ConvolutionGeometry {
  /// The shape as people read it: `32x32x16 -> 32 3x3/2`.
  package var label: String {
    "\(input) -> \(outputChannels) \(kernelHeight)x\(kernelWidth)" + (stride > 1 ? "/\(stride)" : "")
  }
}
