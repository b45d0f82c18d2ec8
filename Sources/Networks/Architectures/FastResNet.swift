/// A wide residual network of eight layers that learns small images in few epochs.
///
/// The first layer has fixed filters that whiten patches (Page 2019, "How to train your ResNet"; Jordan 2024,
/// arXiv:2404.00498, section 3.2). Three stages follow, each a convolution, a 2x2 max pooling and a residual block of one convolution.
/// Convolutions start as the identity, scales of batch norms stay 1, and their shifts learn 64 times as fast
/// (Jordan 2024, sections 3.3 and 3.4).
///
/// Drawback: its recipe needs batches of about a thousand images and a high learning rate.
struct FastResNet {
  static let widths = [64, 256, 256]

  func build(in plan: inout Plan, classes: Int) {
    // Each of the strongest directions of a 3x3 patch has a filter of either sign, because a ReLU follows.
    let filters = plan.input.shape.channels == 1 ? 16 : 32
    var x = plan.convolution(plan.input, "whitening", channels: filters, initial: .whitening, rate: 0)
    x = plan.normalization(x, "bn0", pace: Self.pace)
    for (stage, width) in Self.widths.enumerated() {
      let name = "layer\(stage + 1)"
      x = convolution(&plan, x, "\(name).conv1", channels: width)
      if min(x.shape.height, x.shape.width) >= 2 {
        x = plan.maxPooling(x, "\(name).maxpool", kernel: 2, stride: 2, padding: 0)
      }
      let before = plan.normalization(x, "\(name).bn1", pace: Self.pace)
      x = convolution(&plan, before, "\(name).conv2", channels: width)
      x = plan.normalization(x, "\(name).bn2", adding: before, pace: Self.pace)
    }
    let side = min(x.shape.height, x.shape.width)
    if side > 1 { x = plan.maxPooling(x, "maxpool", kernel: side, stride: side, padding: 0) }
    x = plan.globalAverage(x)
    _ = plan.linear(x, "linear", outputs: classes, factor: 1 / 9)
  }

  private func convolution(_ plan: inout Plan, _ input: Slot, _ name: String, channels: Int) -> Slot {
    // The bound is PyTorch's for a convolution of this fan in.
    let fan = Float(9 * input.shape.channels)
    return plan.convolution(input, name, channels: channels, initial: .identity(bound: 1 / fan.squareRoot()))
  }

  private static let pace = {
    var pace = NormalizationPace()
    pace.scaleRate = 0
    pace.shiftRate = 64
    pace.momentum = 0.4
    return pace
  }()
}
