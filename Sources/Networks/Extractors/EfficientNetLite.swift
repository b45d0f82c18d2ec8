internal import Kernels

/// EfficientNet-Lite0: EfficientNet-B0 (Tan and Le 2019, table 1) without squeeze and excitation and with ReLU6, under the
/// names of the common PyTorch translation, for 224x224 images.
struct EfficientNetLite {
  /// A row of the table of blocks: repeats, kernel, first stride, expansion, channels.
  private struct Stage {
    let repeats: Int
    let kernel: Int
    let stride: Int
    let expansion: Int
    let channels: Int
  }

  private static let stages = [
    Stage(repeats: 1, kernel: 3, stride: 1, expansion: 1, channels: 16),
    Stage(repeats: 2, kernel: 3, stride: 2, expansion: 6, channels: 24),
    Stage(repeats: 2, kernel: 5, stride: 2, expansion: 6, channels: 40),
    Stage(repeats: 3, kernel: 3, stride: 2, expansion: 6, channels: 80),
    Stage(repeats: 3, kernel: 5, stride: 1, expansion: 6, channels: 112),
    Stage(repeats: 4, kernel: 5, stride: 2, expansion: 6, channels: 192),
    Stage(repeats: 1, kernel: 3, stride: 1, expansion: 6, channels: 320),
  ]

  /// Builds the plan up to the 1280 pooled features.
  func build(in plan: inout Plan) -> Slot {
    var x = plan.sameConvolution(plan.input, "_conv_stem", channels: 32, kernel: 3, stride: 2)
    x = activated(&plan, x, "_bn0")
    var index = 0
    for stage in Self.stages {
      for place in 0..<stage.repeats {
        x = block(&plan, x, "_blocks.\(index)", stage, stride: place == 0 ? stage.stride : 1)
        index += 1
      }
    }
    x = plan.convolution(x, "_conv_head", channels: 1280, kernel: 1)
    x = activated(&plan, x, "_bn1")
    return plan.globalAverage(x, "_avg_pooling")
  }

  /// An inverted residual: wide, depthwise, narrow (Sandler et al. 2018).
  private func block(_ plan: inout Plan, _ input: Slot, _ name: String, _ stage: Stage, stride: Int) -> Slot {
    var x = input
    if stage.expansion > 1 {
      x = plan.convolution(x, "\(name)._expand_conv", channels: stage.expansion * input.shape.channels, kernel: 1)
      x = activated(&plan, x, "\(name)._bn0")
    }
    x = plan.depthwise(x, "\(name)._depthwise_conv", kernel: stage.kernel, stride: stride)
    x = activated(&plan, x, "\(name)._bn1")
    x = plan.convolution(x, "\(name)._project_conv", channels: stage.channels, kernel: 1)
    let isResidual = stride == 1 && input.shape.channels == stage.channels
    return plan.normalization(
      x, "\(name)._bn2", adding: isResidual ? input : nil, rectify: false, epsilon: Self.epsilon)
  }

  private func activated(_ plan: inout Plan, _ input: Slot, _ name: String) -> Slot {
    let x = plan.normalization(input, name, rectify: false, epsilon: Self.epsilon)
    return plan.activation(x, "\(name).relu6", .rectifier6)
  }

  private static let epsilon: Float = 1e-3
}
