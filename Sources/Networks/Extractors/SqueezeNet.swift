internal import Kernels

/// SqueezeNet 1.1 (Iandola et al. 2016, and their release notes of 1.1) under torchvision's names, for 224x224 images.
struct SqueezeNet {
  /// For each fire module its place in torchvision's list, and its channels: squeezed, and twice as many expanded as the
  /// second number.
  private static let fires = [
    (3, 16, 64), (4, 16, 64), (6, 32, 128), (7, 32, 128), (9, 48, 192), (10, 48, 192), (11, 64, 256), (12, 64, 256),
  ]

  /// The features are the 512 means of the last fire module's maps, which the classifier does not use as such: its 1x1
  /// convolution comes before the mean.
  func featurePlan(_ start: Plan, classes: Int) -> FeaturePlan {
    var plan = start
    var x = convolution(&plan, plan.input, "features.0", 64, kernel: 3, stride: 2, padding: 0)
    x = plan.maxPooling(x, "features.2", kernel: 3, stride: 2, padding: 0)
    for (place, squeezed, expanded) in Self.fires {
      let name = "features.\(place)"
      let narrow = convolution(&plan, x, "\(name).squeeze", squeezed, kernel: 1)
      let one = convolution(&plan, narrow, "\(name).expand1x1", expanded, kernel: 1)
      let three = convolution(&plan, narrow, "\(name).expand3x3", expanded, kernel: 3)
      x = plan.concatenation([one, three], name)
      if place == 4 || place == 7 {
        x = plan.maxPooling(x, "features.\(place + 1)", kernel: 3, stride: 2, padding: 0)
      }
    }
    let features = plan.globalAverage(x, "features")
    let scores = convolution(&plan, x, "classifier.1", classes, kernel: 1)
    let logits = plan.globalAverage(scores, "classifier")
    return FeaturePlan(plan, features: features, logits: logits)
  }

  private func convolution(
    _ plan: inout Plan, _ input: Slot, _ name: String, _ channels: Int, kernel: Int, stride: Int = 1,
    padding: Int? = nil
  ) -> Slot {
    let x = plan.convolution(input, name, channels: channels, kernel: kernel, stride: stride, padding: padding)
    return plan.bias(x, "\(name).bias", then: .rectifier)
  }
}
