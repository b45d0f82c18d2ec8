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

  /// All architectures at their usual image sizes.
  package static let usual: [Workload] = Architecture.names.compactMap(Architecture.init).flatMap { architecture in
    let sides =
      switch architecture {
      case .imageNetResNet(_, .imageNet): [64, 224]
      case .cifarResNet, .fastResNet: [32, 28]
      case .imageNetResNet(_, .cifar), .wideResNet: [32]
      }
    return sides.map { side in
      let channels = side == 28 ? 1 : 3
      return Workload(architecture, input: Shape(height: side, width: side, channels: channels), batch: 1)
    }
  }

  /// A convolution of the network, and how many layers compute it.
  package struct Convolution: Sendable {
    package let geometry: ConvolutionGeometry
    package fileprivate(set) var layers = 0
    /// How many of these layers read the images, whose gradient is not needed.
    fileprivate var firstLayers = 0

    /// How many layers need the pass.
    package func layers(_ pass: ConvolutionPass) -> Int { pass == .data ? layers - firstLayers : layers }
  }

  /// The distinct convolutions, in the order of the plan.
  package var convolutions: [Convolution] { Self.convolutions(of: [self]) }

  package static func convolutions(of workloads: [Workload]) -> [Convolution] {
    var found: [Convolution] = []
    for (plan, layer) in workloads.flatMap({ one in one.plan.layers.map { (one.plan, $0) } }) {
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
