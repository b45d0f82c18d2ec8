/// The stem of an ImageNet ResNet, before its residual blocks.
package enum ResNetStem: Hashable, Sendable {
  /// A 7x7 convolution and a max pooling, both of stride 2.
  case imageNet
  /// A 3x3 convolution of stride 1, for images of about 32 pixels (with the names of kuangliu's pytorch-cifar).
  case cifar
}

/// The ResNets of He, Zhang, Ren, Sun: "Deep Residual Learning for Image Recognition" (CVPR 2016), table 1.
///
/// Bottleneck blocks have their stride on the 3x3 convolution, as torchvision's and the CAS paper's code do.
struct ImageNetResNet {
  let depth: Int
  let stem: ResNetStem
  let lastScale: Float

  static let depths = [18, 34, 50, 101, 152]
  static let widths = [64, 128, 256, 512]

  /// Blocks in each of the four stages.
  private var blocks: [Int] {
    switch depth {
    case 18: [2, 2, 2, 2]
    case 34, 50: [3, 4, 6, 3]
    case 101: [3, 4, 23, 3]
    default: [3, 8, 36, 3]
    }
  }
  private var hasBottlenecks: Bool { depth >= 50 }

  func build(in plan: inout Plan, classes: Int) {
    let isSmall = stem == .cifar
    var x = plan.convolution(plan.input, "conv1", channels: 64, kernel: isSmall ? 3 : 7, stride: isSmall ? 1 : 2)
    x = plan.normalization(x, "bn1")
    if !isSmall { x = plan.maxPooling(x, "maxpool", kernel: 3, stride: 2, padding: 1) }
    for (stage, width) in Self.widths.enumerated() {
      for index in 0..<blocks[stage] {
        let stride = stage > 0 && index == 0 ? 2 : 1
        x = block(&plan, x, "layer\(stage + 1).\(index)", width: width, stride: stride)
      }
    }
    x = plan.globalAverage(x, "avgpool")
    _ = plan.linear(x, isSmall ? "linear" : "fc", outputs: classes)
  }

  private func block(_ plan: inout Plan, _ input: Slot, _ name: String, width: Int, stride: Int) -> Slot {
    var x = input
    let channels = hasBottlenecks ? 4 * width : width
    if hasBottlenecks {
      x = plan.convolution(x, "\(name).conv1", channels: width, kernel: 1)
      x = plan.normalization(x, "\(name).bn1")
      x = plan.convolution(x, "\(name).conv2", channels: width, stride: stride)
      x = plan.normalization(x, "\(name).bn2")
      x = plan.convolution(x, "\(name).conv3", channels: channels, kernel: 1)
    } else {
      x = plan.convolution(x, "\(name).conv1", channels: width, stride: stride)
      x = plan.normalization(x, "\(name).bn1")
      x = plan.convolution(x, "\(name).conv2", channels: width)
    }
    var residual = input
    if input.shape != x.shape {
      let shortcut = name + (stem == .cifar ? ".shortcut" : ".downsample")
      residual = plan.convolution(input, "\(shortcut).0", channels: channels, kernel: 1, stride: stride)
      residual = plan.normalization(residual, "\(shortcut).1", rectify: false)
    }
    return plan.normalization(x, "\(name).bn\(hasBottlenecks ? 3 : 2)", adding: residual, gamma: lastScale)
  }
}
