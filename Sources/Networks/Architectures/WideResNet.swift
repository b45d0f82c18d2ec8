/// Zagoruyko, Komodakis: "Wide Residual Networks" (BMVC 2016), pre-activation basic blocks without dropout.
struct WideResNet {
  let depth: Int
  let width: Int

  static let widths = [16, 32, 64]

  func build(in plan: inout Plan, classes: Int) {
    var x = plan.convolution(plan.input, "conv1", channels: 16)
    for (stage, channels) in Self.widths.enumerated() {
      for index in 0..<(depth - 4) / 6 {
        let stride = stage > 0 && index == 0 ? 2 : 1
        x = block(&plan, x, "block\(stage + 1).layer.\(index)", channels: channels * width, stride: stride)
      }
    }
    x = plan.normalization(x, "bn1")
    x = plan.globalAverage(x)
    _ = plan.linear(x, "fc", outputs: classes)
  }

  private func block(_ plan: inout Plan, _ input: Slot, _ name: String, channels: Int, stride: Int) -> Slot {
    let activated = plan.normalization(input, "\(name).bn1")
    var x = plan.convolution(activated, "\(name).conv1", channels: channels, stride: stride)
    x = plan.normalization(x, "\(name).bn2")
    x = plan.convolution(x, "\(name).conv2", channels: channels)
    var residual = input
    if input.shape != x.shape {
      residual = plan.convolution(activated, "\(name).convShortcut", channels: channels, kernel: 1, stride: stride)
    }
    return plan.sum(x, residual, "\(name).sum")
  }
}
