/// The shortcut of a CIFAR ResNet where the width changes.
package enum CIFARShortcut: Hashable, Sendable {
  /// Option A: subsampling with channels of zeros, without parameters.
  case padded
  /// Option B: a 1x1 convolution with batch normalisation.
  case projected
}

/// The small-image ResNets of He, Zhang, Ren, Sun: "Deep Residual Learning for Image Recognition" (CVPR 2016), section 4.2.
struct CIFARResNet {
  let depth: Int
  let shortcut: CIFARShortcut
  let lastScale: Float

  static let depths = [8, 20, 32, 44, 56, 110]
  static let widths = [16, 32, 64]

  func build(in plan: inout Plan, classes: Int) {
    var x = plan.convolution(plan.input, "conv1", channels: Self.widths[0])
    x = plan.normalization(x, "bn1")
    for (stage, width) in Self.widths.enumerated() {
      for index in 0..<(depth - 2) / 6 {
        let stride = stage > 0 && index == 0 ? 2 : 1
        x = block(&plan, x, "layer\(stage + 1).\(index)", width: width, stride: stride)
      }
    }
    x = plan.globalAverage(x)
    _ = plan.linear(x, "linear", outputs: classes)
  }

  private func block(_ plan: inout Plan, _ input: Slot, _ name: String, width: Int, stride: Int) -> Slot {
    var x = plan.convolution(input, "\(name).conv1", channels: width, stride: stride)
    x = plan.normalization(x, "\(name).bn1")
    x = plan.convolution(x, "\(name).conv2", channels: width)
    var residual = input
    if input.shape != x.shape {
      switch shortcut {
      case .padded: residual = plan.paddedShortcut(input, "\(name).shortcut", channels: width, stride: stride)
      case .projected:
        residual = plan.convolution(input, "\(name).shortcut.0", channels: width, kernel: 1, stride: stride)
        residual = plan.normalization(residual, "\(name).shortcut.1", rectify: false)
      }
    }
    return plan.normalization(x, "\(name).bn2", adding: residual, gamma: lastScale)
  }
}
