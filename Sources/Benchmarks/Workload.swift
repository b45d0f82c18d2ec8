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

  /// A convolution of the network, and how many layers compute it.
  package struct Convolution: Sendable {
    package let geometry: ConvolutionGeometry
    package fileprivate(set) var layers = 0
    /// How many of these layers read the images, whose gradient nobody needs.
    fileprivate var firstLayers = 0

    /// How many layers need the pass.
    package func layers(_ pass: ConvolutionPass) -> Int { pass == .data ? layers - firstLayers : layers }
  }

  /// Convolutions that differ, in the order in which the plan has them.
  package var convolutions: [Convolution] {
    var found: [Convolution] = []
    for layer in plan.layers {
      for parameter in layer.parameters {
        guard case .convolution(let geometry) = parameter.layout else { continue }
        let index = found.firstIndex { $0.geometry == geometry } ?? found.count
        if index == found.count { found.append(Convolution(geometry: geometry)) }
        found[index].layers += 1
        if layer.inputs.contains(plan.input) { found[index].firstLayers += 1 }
      }
    }
    return found
  }
}

extension ConvolutionGeometry {
  /// The shape as people read it: `32x32x16 -> 32 3x3/2`.
  package var label: String {
    "\(input) -> \(outputChannels) \(kernelHeight)x\(kernelWidth)" + (stride > 1 ? "/\(stride)" : "")
  }
}
