internal import Datasets
internal import Images
package import Networks

/// The extractors by the names that a user gives to `--features`.
package enum FeatureNetwork: String, CaseIterable, Sendable {
  /// The network that this tool trains on the real images.
  case own
  case inceptionFID = "inception-v3-fid"
  case inceptionClean = "inception-v3-fid-clean"
  case inceptionPyTorch = "inception-v3-fid-pytorch"
  case inception = "inception-v3"
  case resNet50 = "resnet50"
  case squeezeNet = "squeezenet1.1"
  case efficientNetLite0 = "efficientnet-lite0"
  case clip = "clip-vit-b32"
  case dinov2 = "dinov2-vits14"

  /// - Throws: `UsageError` with the nearest right name.
  package init(name: String) throws {
    guard let network = FeatureNetwork(rawValue: name) else {
      throw UsageError.unknownFeatures(name, known: Self.allCases.map(\.rawValue))
    }
    self = network
  }

  /// The published network behind it; nil for the own one.
  package var network: PretrainedNetwork? {
    switch self {
    case .own: nil
    case .inceptionFID, .inceptionClean, .inceptionPyTorch: .inceptionFID
    case .inception: .inception
    case .resNet50: .resNet50
    case .squeezeNet: .squeezeNet
    case .efficientNetLite0: .efficientNetLite0
    case .clip: .clipViTB32
    case .dinov2: .dinov2ViTS14
    }
  }

  /// What the reference of the network does to an image; nil for the own one, whose file says it.
  package var preparation: Preparation? {
    switch self {
    case .own: nil
    // TensorFlow's graph: (x - 128) / 128 after the resize (torch-fidelity, Clean-FID).
    case .inceptionFID: Preparation(.plain(side: 299, .corners), shift: 128, divisor: 128)
    case .inceptionClean: Preparation(.clean(side: 299), shift: 128, divisor: 128)
    // pytorch-fid: 2x - 1 of 0 to 1.
    case .inceptionPyTorch: Preparation(.plain(side: 299, .centres), shift: 127.5, divisor: 127.5)
    // torchvision undoes ImageNet's normalisation for it (`transform_input`).
    case .inception:
      Preparation(
        .middle(short: 342, side: 299, filter: .bilinear),
        normalization: Normalization(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5]))
    case .resNet50, .squeezeNet:
      Preparation(.middle(short: 256, side: 224, filter: .bilinear), normalization: .imageNet)
    // TensorFlow's lite models: bytes less 127 over 128, of the middle seven eighths.
    case .efficientNetLite0: Preparation(.middle(short: 256, side: 224, filter: .bicubic), shift: 127, divisor: 128)
    case .clip:
      Preparation(
        .middle(short: 224, side: 224, filter: .bicubic),
        normalization: Normalization(
          mean: [0.481_454_66, 0.457_827_5, 0.408_210_73], deviation: [0.268_629_54, 0.261_302_58, 0.275_777_11]))
    case .dinov2: Preparation(.middle(short: 256, side: 224, filter: .bicubic), normalization: .imageNet)
    }
  }
}
