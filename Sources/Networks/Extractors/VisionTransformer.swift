internal import Kernels

/// A vision transformer with normalisation before each part (Dosovitskiy et al. 2021, equations 1 to 4).
struct VisionTransformer {
  let patch: Int
  let width: Int
  let heads: Int
  let blocks: Int
  let family: Family

  /// Whose names and details it follows.
  enum Family {
    /// Radford et al. 2021: normalised before the first block, QuickGELU, projected to `features`.
    case clip(features: Int)
    /// Oquab et al. 2023: biased patches, each part's result scaled by channel.
    case dinov2
  }

  static let clipB32 = VisionTransformer(patch: 32, width: 768, heads: 12, blocks: 12, family: .clip(features: 512))
  static let dinov2S14 = VisionTransformer(patch: 14, width: 384, heads: 6, blocks: 12, family: .dinov2)

  /// Builds the plan up to the class token's features.
  func build(in plan: inout Plan) -> Slot {
    switch family {
    case .clip(let features): buildCLIP(&plan, features: features)
    case .dinov2: buildDINO(&plan)
    }
  }

  private func buildCLIP(_ plan: inout Plan, features: Int) -> Slot {
    let name = "visual"
    var x = patches(&plan, "\(name).conv1")
    let first = plan.parameter("\(name).class_embedding", .vector(width), .weight, .constant(0))
    let positions = plan.parameter(
      "\(name).positional_embedding", .table(rows: x.shape.pixels + 1, columns: width), .weight, .constant(0))
    x = plan.tokens(x, "\(name).tokens", first: first, positions: positions)
    x = plan.layerNormalization(x, "\(name).ln_pre", epsilon: 1e-5)
    for index in 0..<blocks {
      let block = "\(name).transformer.resblocks.\(index)"
      var y = plan.layerNormalization(x, "\(block).ln_1", epsilon: 1e-5)
      y = linear(&plan, y, "\(block).attn.in_proj_", 3 * width)
      y = plan.attention(y, "\(block).attn", heads: heads)
      y = linear(&plan, y, "\(block).attn.out_proj.", width)
      x = plan.sum(x, y, "\(block).sum1")
      y = plan.layerNormalization(x, "\(block).ln_2", epsilon: 1e-5)
      y = linear(&plan, y, "\(block).mlp.c_fc.", 4 * width, then: .quickGaussianErrorLinear)
      y = linear(&plan, y, "\(block).mlp.c_proj.", width)
      x = plan.sum(x, y, "\(block).sum2")
    }
    x = plan.firstPosition(x, "\(name).first")
    x = plan.layerNormalization(x, "\(name).ln_post", epsilon: 1e-5)
    return plan.positionwise(x, "\(name).proj", outputs: features) { .table(rows: $0, columns: $1) }
  }

  private func buildDINO(_ plan: inout Plan) -> Slot {
    var x = patches(&plan, "patch_embed.proj")
    x = plan.bias(x, "patch_embed.proj.bias")
    let first = plan.parameter("cls_token", .vector(width), .weight, .constant(0))
    let positions = plan.parameter(
      "pos_embed", .table(rows: x.shape.pixels + 1, columns: width), .weight, .constant(0))
    x = plan.tokens(x, "tokens", first: first, positions: positions)
    for index in 0..<blocks {
      let block = "blocks.\(index)"
      var y = plan.layerNormalization(x, "\(block).norm1", epsilon: 1e-6)
      y = linear(&plan, y, "\(block).attn.qkv.", 3 * width)
      y = plan.attention(y, "\(block).attn", heads: heads)
      y = linear(&plan, y, "\(block).attn.proj.", width)
      y = plan.channelScale(y, "\(block).ls1.gamma")
      x = plan.sum(x, y, "\(block).sum1")
      y = plan.layerNormalization(x, "\(block).norm2", epsilon: 1e-6)
      y = linear(&plan, y, "\(block).mlp.fc1.", 4 * width, then: .gaussianErrorLinear)
      y = linear(&plan, y, "\(block).mlp.fc2.", width)
      y = plan.channelScale(y, "\(block).ls2.gamma")
      x = plan.sum(x, y, "\(block).sum2")
    }
    x = plan.firstPosition(x, "first")
    return plan.layerNormalization(x, "norm", epsilon: 1e-6)
  }

  private func patches(_ plan: inout Plan, _ name: String) -> Slot {
    plan.convolution(plan.input, name, channels: width, kernel: patch, stride: patch, padding: 0)
  }

  /// A matrix and a bias for each token; the names end in `weight` and `bias`.
  private func linear(
    _ plan: inout Plan, _ input: Slot, _ prefix: String, _ outputs: Int, then function: ActivationFunction = .identity
  ) -> Slot {
    plan.bias(
      plan.positionwise(input, "\(prefix)weight", outputs: outputs), "\(prefix)bias", then: function)
  }
}
