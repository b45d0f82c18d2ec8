package import Kernels

/// The networks that can be trained, by the names under which papers and users know them.
package enum Architecture: Hashable, Sendable {
  /// He et al. 2016, section 4.2: 6n + 2 layers for small images, widths 16, 32, 64.
  case cifarResNet(depth: Int, shortcut: CIFARShortcut)
  /// He et al. 2016, table 1, with the stride on the 3x3 convolution (torchvision's variant).
  case imageNetResNet(depth: Int, stem: ResNetStem)
  /// Zagoruyko and Komodakis 2016: pre-activation blocks, 6n + 4 layers, `width` times as wide.
  case wideResNet(depth: Int, width: Int)
  /// Eight layers after whitening filters, for short trainings on small images.
  case fastResNet

  /// Every name that `init(name:)` knows, in the usual order.
  package static let names: [String] =
    CIFARResNet.depths.map { "resnet\($0)" } + CIFARResNet.depths.map { "resnet\($0)-b" }
    + ImageNetResNet.depths.map { "resnet\($0)" } + ImageNetResNet.depths.map { "resnet\($0)-cifar" } + [
      "wrn-16-4", "wrn-28-10", "wrn-40-4", "resnet8-fast",
    ]

  /// The architecture of a name such as `resnet20`, `resnet20-b` (shortcut option B), `resnet50`, `resnet18-cifar`
  /// (ImageNet's blocks without the strides before them) or `wrn-28-10`.
  ///
  /// Any `wrn-DEPTH-WIDTH` with depth 6n + 4 is known. nil for every other name.
  package init?(name: String) {
    if name == "resnet8-fast" {
      self = .fastResNet
      return
    }
    let parts = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if parts.first == "wrn" {
      guard parts.count == 3, let depth = Int(parts[1]), let width = Int(parts[2]), (10...1000).contains(depth),
        (depth - 4) % 6 == 0, (1...64).contains(width)
      else { return nil }
      self = .wideResNet(depth: depth, width: width)
      return
    }
    guard let first = parts.first, first.hasPrefix("resnet"), let depth = Int(first.dropFirst(6)) else { return nil }
    if CIFARResNet.depths.contains(depth), parts.count == 1 || parts == [first, "b"] {
      self = .cifarResNet(depth: depth, shortcut: parts.count == 1 ? .padded : .projected)
    } else if ImageNetResNet.depths.contains(depth), parts.count == 1 || parts == [first, "cifar"] {
      self = .imageNetResNet(depth: depth, stem: parts.count == 1 ? .imageNet : .cifar)
    } else {
      return nil
    }
  }

  package var name: String {
    switch self {
    case .cifarResNet(let depth, .padded): "resnet\(depth)"
    case .cifarResNet(let depth, .projected): "resnet\(depth)-b"
    case .imageNetResNet(let depth, .imageNet): "resnet\(depth)"
    case .imageNetResNet(let depth, .cifar): "resnet\(depth)-cifar"
    case .wideResNet(let depth, let width): "wrn-\(depth)-\(width)"
    case .fastResNet: "resnet8-fast"
    }
  }

  /// The minimum height and width of images: the whitening filters of `resnet8-fast` are fitted to patches.
  package var smallestSide: Int { self == .fastResNet ? 3 : 1 }

  /// The plan for images of a shape and a number of classes.
  ///
  /// - Parameter zeroLastScale: start the scale of each block's last normalisation at 0 (Goyal et al. 2017, 5.1).
  package func plan(input: Shape, classes: Int, zeroLastScale: Bool = false) -> Plan {
    precondition(classes > 0, "a classifier has at least one class")
    var plan = Plan(input: input)
    let last: Float = zeroLastScale ? 0 : 1
    switch self {
    case .cifarResNet(let depth, let shortcut):
      CIFARResNet(depth: depth, shortcut: shortcut, lastScale: last).build(in: &plan, classes: classes)
    case .imageNetResNet(let depth, let stem):
      ImageNetResNet(depth: depth, stem: stem, lastScale: last).build(in: &plan, classes: classes)
    case .wideResNet(let depth, let width):
      WideResNet(depth: depth, width: width).build(in: &plan, classes: classes)
    case .fastResNet: FastResNet().build(in: &plan, classes: classes)
    }
    return plan
  }
}
