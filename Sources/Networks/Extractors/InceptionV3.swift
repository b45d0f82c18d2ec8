internal import Kernels

/// Inception-v3 (Szegedy et al. 2016, "Rethinking the Inception Architecture", table 1) under torchvision's names.
///
/// The network of FID differs in its pooling branches: their means leave the padding out, and the last one takes the
/// largest value, as TensorFlow's graph of 2015-12-05 does.
struct InceptionV3 {
  let isForFID: Bool

  /// Builds the plan up to the 2048 pooled features (`pool3`) for images of 299x299.
  func build(in plan: inout Plan) -> Slot {
    var x = convolution(&plan, plan.input, "Conv2d_1a_3x3", 32, stride: 2, padding: 0)
    x = convolution(&plan, x, "Conv2d_2a_3x3", 32, padding: 0)
    x = convolution(&plan, x, "Conv2d_2b_3x3", 64)
    x = plan.maxPooling(x, "maxpool1", kernel: 3, stride: 2, padding: 0)
    x = convolution(&plan, x, "Conv2d_3b_1x1", 80, (1, 1))
    x = convolution(&plan, x, "Conv2d_4a_3x3", 192, padding: 0)
    x = plan.maxPooling(x, "maxpool2", kernel: 3, stride: 2, padding: 0)
    for (letter, channels) in [("b", 32), ("c", 64), ("d", 64)] {
      x = blockA(&plan, x, "Mixed_5\(letter)", poolChannels: channels)
    }
    x = blockB(&plan, x, "Mixed_6a")
    for (letter, channels) in [("b", 128), ("c", 160), ("d", 160), ("e", 192)] {
      x = blockC(&plan, x, "Mixed_6\(letter)", inner: channels)
    }
    x = blockD(&plan, x, "Mixed_7a")
    x = blockE(&plan, x, "Mixed_7b", poolsMaximum: false)
    x = blockE(&plan, x, "Mixed_7c", poolsMaximum: isForFID)
    return plan.globalAverage(x, "avgpool")
  }

  /// A convolution, a batch normalisation with epsilon 0.001 and a rectifier.
  private func convolution(
    _ plan: inout Plan, _ input: Slot, _ name: String, _ channels: Int, _ kernel: (Int, Int) = (3, 3),
    stride: Int = 1, padding: Int? = nil
  ) -> Slot {
    let x =
      kernel.0 == kernel.1
      ? plan.convolution(
        input, "\(name).conv", channels: channels, kernel: kernel.0, stride: stride, padding: padding)
      : plan.convolution(input, "\(name).conv", channels: channels, kernel: kernel)
    return plan.normalization(x, "\(name).bn", epsilon: 1e-3)
  }

  private func pooled(_ plan: inout Plan, _ input: Slot, _ name: String, _ channels: Int, maximum: Bool = false) -> Slot
  {
    let x =
      maximum
      ? plan.maxPooling(input, "\(name).pool", kernel: 3, stride: 1, padding: 1)
      : plan.averagePooling(input, "\(name).pool", kernel: 3, stride: 1, padding: 1, countsPadding: !isForFID)
    return convolution(&plan, x, "\(name).branch_pool", channels, (1, 1))
  }

  /// Several convolutions in a row.
  private func branch(
    _ plan: inout Plan, _ input: Slot, _ steps: [(name: String, channels: Int, kernel: (Int, Int))]
  ) -> Slot {
    steps.reduce(input) { convolution(&plan, $0, $1.name, $1.channels, $1.kernel) }
  }

  private func blockA(_ plan: inout Plan, _ input: Slot, _ name: String, poolChannels: Int) -> Slot {
    let single = convolution(&plan, input, "\(name).branch1x1", 64, (1, 1))
    let five = branch(
      &plan, input, [("\(name).branch5x5_1", 48, (1, 1)), ("\(name).branch5x5_2", 64, (5, 5))])
    let double = branch(
      &plan, input,
      [
        ("\(name).branch3x3dbl_1", 64, (1, 1)), ("\(name).branch3x3dbl_2", 96, (3, 3)),
        ("\(name).branch3x3dbl_3", 96, (3, 3)),
      ])
    return plan.concatenation([single, five, double, pooled(&plan, input, name, poolChannels)], name)
  }

  private func blockB(_ plan: inout Plan, _ input: Slot, _ name: String) -> Slot {
    let three = convolution(&plan, input, "\(name).branch3x3", 384, stride: 2, padding: 0)
    var double = branch(
      &plan, input, [("\(name).branch3x3dbl_1", 64, (1, 1)), ("\(name).branch3x3dbl_2", 96, (3, 3))])
    double = convolution(&plan, double, "\(name).branch3x3dbl_3", 96, stride: 2, padding: 0)
    let pool = plan.maxPooling(input, "\(name).pool", kernel: 3, stride: 2, padding: 0)
    return plan.concatenation([three, double, pool], name)
  }

  private func blockC(_ plan: inout Plan, _ input: Slot, _ name: String, inner: Int) -> Slot {
    let single = convolution(&plan, input, "\(name).branch1x1", 192, (1, 1))
    let seven = branch(
      &plan, input,
      [
        ("\(name).branch7x7_1", inner, (1, 1)), ("\(name).branch7x7_2", inner, (1, 7)),
        ("\(name).branch7x7_3", 192, (7, 1)),
      ])
    let double = branch(
      &plan, input,
      [
        ("\(name).branch7x7dbl_1", inner, (1, 1)), ("\(name).branch7x7dbl_2", inner, (7, 1)),
        ("\(name).branch7x7dbl_3", inner, (1, 7)), ("\(name).branch7x7dbl_4", inner, (7, 1)),
        ("\(name).branch7x7dbl_5", 192, (1, 7)),
      ])
    return plan.concatenation([single, seven, double, pooled(&plan, input, name, 192)], name)
  }

  private func blockD(_ plan: inout Plan, _ input: Slot, _ name: String) -> Slot {
    var three = convolution(&plan, input, "\(name).branch3x3_1", 192, (1, 1))
    three = convolution(&plan, three, "\(name).branch3x3_2", 320, stride: 2, padding: 0)
    var seven = branch(
      &plan, input,
      [
        ("\(name).branch7x7x3_1", 192, (1, 1)), ("\(name).branch7x7x3_2", 192, (1, 7)),
        ("\(name).branch7x7x3_3", 192, (7, 1)),
      ])
    seven = convolution(&plan, seven, "\(name).branch7x7x3_4", 192, stride: 2, padding: 0)
    let pool = plan.maxPooling(input, "\(name).pool", kernel: 3, stride: 2, padding: 0)
    return plan.concatenation([three, seven, pool], name)
  }

  private func blockE(_ plan: inout Plan, _ input: Slot, _ name: String, poolsMaximum: Bool) -> Slot {
    let single = convolution(&plan, input, "\(name).branch1x1", 320, (1, 1))
    let three = convolution(&plan, input, "\(name).branch3x3_1", 384, (1, 1))
    let double = branch(
      &plan, input, [("\(name).branch3x3dbl_1", 448, (1, 1)), ("\(name).branch3x3dbl_2", 384, (3, 3))])
    let parts = [
      single, convolution(&plan, three, "\(name).branch3x3_2a", 384, (1, 3)),
      convolution(&plan, three, "\(name).branch3x3_2b", 384, (3, 1)),
      convolution(&plan, double, "\(name).branch3x3dbl_3a", 384, (1, 3)),
      convolution(&plan, double, "\(name).branch3x3dbl_3b", 384, (3, 1)),
      pooled(&plan, input, name, 192, maximum: poolsMaximum),
    ]
    return plan.concatenation(parts, name)
  }
}
