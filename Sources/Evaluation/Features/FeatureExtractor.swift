package import Datasets
internal import Kernels
package import Networks

/// A network with its weights and with what is done to an image before: what turns images into features.
package struct FeatureExtractor: Sendable {
  /// The name that the user gave.
  package let name: String
  /// What the numbers depend on besides the images and the machine's kernels.
  package let identity: String
  /// SHA-256 of the weights' file.
  package let weightsHash: String
  package let network: Network
  package let plan: FeaturePlan
  package let preparation: Preparation

  /// Numbers that describe an image.
  package var columns: Int { plan.features.shape.count }
  /// Classes of the classifier, where the network has one.
  package var classes: Int? { plan.logits?.shape.count }
}

extension FeatureExtractor {
  /// A published network with the weights in a file.
  ///
  /// - Throws: `CheckpointError` or `FileError`; `UsageError` if the own network is meant and the file is none of its.
  package static func pretrained(_ features: FeatureNetwork, weights path: String) throws -> FeatureExtractor {
    let bytes = try InputFile.contents(of: path)
    let file = try WeightsFile.read(bytes, path: path)
    guard let pretrained = features.network, let preparation = features.preparation else {
      return try own(file, bytes: bytes, path: path)
    }
    let (network, plan) = try pretrained.network(file, path: path)
    return FeatureExtractor(
      name: features.rawValue, hash: Digest.hexadecimal(of: bytes), network: network, plan: plan,
      preparation: preparation)
  }

  /// A network that this tool has trained, from its file.
  ///
  /// - Throws: `CheckpointError`, or `UsageError` if the file does not say how images are made its input.
  package static func own(_ file: SafeTensors, bytes: [UInt8], path: String) throws -> FeatureExtractor {
    guard let architecture = file.metadata["architecture"].flatMap(Architecture.init(name:)),
      let input = file.metadata["input"].flatMap(Shape.init), [1, 3].contains(input.channels),
      let classes = file.classNames,
      !classes.isEmpty, let normalization = file.normalization, normalization.mean.count == input.channels
    else {
      throw UsageError.noModelOfARun(path)
    }
    let plan = FeaturePlan(classifier: architecture.plan(input: input, classes: classes.count))
    let network = Network(plan.plan)
    try network.load(file, path: path, model: architecture.name)
    return FeatureExtractor(
      name: FeatureNetwork.own.rawValue, hash: Digest.hexadecimal(of: bytes), network: network, plan: plan,
      preparation: Preparation(.none, normalization: normalization))
  }

  private init(name: String, hash: String, network: Network, plan: FeaturePlan, preparation: Preparation) {
    self.name = name
    // The number changes where a preparation or a plan does.
    identity = "\(name) 1 \(hash)"
    weightsHash = hash
    self.network = network
    self.plan = plan
    self.preparation = preparation
  }

  /// Whether images of this shape can be described.
  ///
  /// - Throws: `UsageError` if the network was trained on images of another size or of fewer channels.
  package func check(_ samples: Samples) throws {
    let (wanted, found) = (plan.plan.input.shape, samples.shape)
    if case .none = preparation.sizing, wanted.height != found.height || wanted.width != found.width {
      throw UsageError.sizeOfFeatures(samples.summary.path, found, features: name, trained: wanted)
    }
    guard found.channels == 1 || wanted.channels == found.channels else {
      throw UsageError.coloursOfFeatures(samples.summary.path, features: name)
    }
  }
}
