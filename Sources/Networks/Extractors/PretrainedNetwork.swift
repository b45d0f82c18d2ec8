internal import Kernels

/// The published networks that features are taken from, with the weights that others have trained.
package enum PretrainedNetwork: String, CaseIterable, Sendable {
  /// The network of FID (Heusel et al. 2017): TensorFlow's Inception of 2015-12-05 as pytorch-fid and torch-fidelity
  /// translate it, 1008 logits without their bias.
  case inceptionFID
  /// torchvision's `inception_v3`.
  case inception
  /// torchvision's `resnet50`.
  case resNet50
  /// torchvision's `squeezenet1_1`.
  case squeezeNet
  case efficientNetLite0
  /// The image tower of OpenAI's CLIP ViT-B/32.
  case clipViTB32
  /// Meta's DINOv2 ViT-S/14, without registers.
  case dinov2ViTS14

  /// What the network is called where its tensors do not fit.
  package var title: String {
    switch self {
    case .inceptionFID: "Inception-v3 for FID"
    case .inception: "Inception-v3"
    case .resNet50: "ResNet-50"
    case .squeezeNet: "SqueezeNet 1.1"
    case .efficientNetLite0: "EfficientNet-Lite0"
    case .clipViTB32: "CLIP ViT-B/32"
    case .dinov2ViTS14: "DINOv2 ViT-S/14"
    }
  }

  /// The side of the square RGB images that it takes.
  package var side: Int {
    switch self {
    case .inceptionFID, .inception: 299
    default: 224
    }
  }

  /// The plan with a classifier for this many classes, where it has one.
  package func plan(classes: Int) -> FeaturePlan {
    var plan = Plan(input: Shape(height: side, width: side, channels: 3))
    switch self {
    case .inceptionFID, .inception:
      let features = InceptionV3(isForFID: self == .inceptionFID).build(in: &plan)
      return FeaturePlan(classifier: plan.classified(features, "fc", classes: classes, hasBias: self == .inception))
    case .resNet50:
      ImageNetResNet(depth: 50, stem: .imageNet, lastScale: 1).build(in: &plan, classes: classes)
      return FeaturePlan(classifier: plan)
    case .squeezeNet: return SqueezeNet().featurePlan(plan, classes: classes)
    case .efficientNetLite0:
      let features = EfficientNetLite().build(in: &plan)
      return FeaturePlan(classifier: plan.classified(features, "_fc", classes: classes))
    case .clipViTB32:
      let features = VisionTransformer.clipB32.build(in: &plan)
      return FeaturePlan(plan, features: features, logits: nil)
    case .dinov2ViTS14:
      let features = VisionTransformer.dinov2S14.build(in: &plan)
      return FeaturePlan(plan, features: features, logits: nil)
    }
  }

  /// The tensor whose first extent is the number of classes; nil without a classifier.
  private var classifier: String? {
    switch self {
    case .inceptionFID, .inception, .resNet50: "fc.weight"
    case .squeezeNet: "classifier.1.weight"
    case .efficientNetLite0: "_fc.weight"
    case .clipViTB32, .dinov2ViTS14: nil
    }
  }

  /// Whether a file of the whole model has a tensor that the features do not need.
  private func ignores(_ name: String) -> Bool {
    switch self {
    case .inceptionFID: name == "fc.bias"
    case .inception: name.hasPrefix("AuxLogits.")
    case .clipViTB32: !name.hasPrefix("visual.")
    case .dinov2ViTS14: name == "mask_token" || name.hasPrefix("head.")
    case .resNet50, .squeezeNet, .efficientNetLite0: false
    }
  }

  /// The network with the weights of a file.
  ///
  /// - Throws: `CheckpointError` when the file holds another network's weights.
  package func network(_ file: SafeTensors, path: String) throws -> (network: Network, plan: FeaturePlan) {
    var classes = 1
    if let classifier {
      guard let count = file.tensors[classifier]?.shape.first, count > 0, count <= 1 << 20
      else { throw CheckpointError.missingWeights(path: path, model: title, names: [classifier]) }
      classes = count
    }
    let plan = plan(classes: classes)
    let network = Network(plan.plan)
    do {
      let file = self == .dinov2ViTS14 ? file.fittedToPatches(side / 14, width: plan.features.shape.channels) : file
      try network.load(file, path: path, model: title, ignoring: ignores)
    } catch CheckpointError.missingTensors(_, _, let names) {
      throw CheckpointError.missingWeights(path: path, model: title, names: names)
    } catch CheckpointError.unexpectedTensors(_, _, let names) {
      throw CheckpointError.foreignWeights(path: path, model: title, names: names)
    }
    return (network, plan)
  }
}

extension Plan {
  /// The plan with a linear classifier over the features.
  fileprivate func classified(_ features: Slot, _ name: String, classes: Int, hasBias: Bool = true) -> Plan {
    var plan = self
    _ =
      hasBias
      ? plan.linear(features, name, outputs: classes)
      : plan.positionwise(features, "\(name).weight", outputs: classes)
    return plan
  }
}
