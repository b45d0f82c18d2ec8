internal import Datasets
import Foundation
internal import Networks

/// A fitted model as a file: safetensors with the model's identity among the metadata. It holds no time and no path, so
/// equal fits by one build give equal files.
package enum GeneratorFile {
  private static let format = "cas-generator-1"
  private static let metadataKey = "generator"

  /// The model types by the name of their family. A new family is one line here.
  private static let models: [String: any LikelihoodModel.Type] = [
    GaussianFamily.name: GaussianModel.self, PrincipalFamily.name: GaussianModel.self,
    MixtureFamily.name: GaussianModel.self, PixelCNNFamily.name: PixelCNNModel.self,
  ]

  package static func serialized(_ model: some LikelihoodModel) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let identity = String(decoding: try encoder.encode(model.identity), as: UTF8.self)
    return try SafeTensors(metadata: ["format": format, metadataKey: identity], tensors: model.tensors).serialized()
  }

  /// Writes the file whole or not at all. Throws `FileError`.
  package static func write(_ model: some LikelihoodModel, to path: String) throws {
    try AtomicFile.write(bytes: try serialized(model), to: path)
  }

  /// - Throws: `FileError`; `CheckpointError` where the file is damaged or no generator;
  ///   `GeneratorError.unknownFamily`.
  package static func read(_ path: String) throws -> any LikelihoodModel {
    try read(try InputFile.contents(of: path), path: path)
  }

  /// The model in the bytes of a file at `path`.
  package static func read(_ bytes: [UInt8], path: String) throws -> any LikelihoodModel {
    let file = try SafeTensors(bytes, path: path)
    guard file.metadata["format"] == format, let text = file.metadata[metadataKey] else {
      throw CheckpointError.unsuitable(
        path: path, detail: "it is no generator that cas sample wrote",
        remedy: "Give the model.safetensors of its folder")
    }
    guard let identity = try? JSONDecoder().decode(ModelIdentity.self, from: Data(text.utf8)),
      identity.isPossible
    else {
      throw CheckpointError.damaged(path: path, detail: "what it says of its generator cannot be understood")
    }
    guard let type = models[identity.family] else {
      throw GeneratorError.unknownFamily(path: path, name: identity.family)
    }
    return try type.init(identity, tensors: GeneratorTensors(file.tensors, path: path))
  }
}

extension ModelIdentity {
  /// Whether the sizes of a file are those of a model; the numbers of its tensors are then checked against them.
  fileprivate var isPossible: Bool {
    let sides = 1...65_536
    return sides.contains(space.height) && sides.contains(space.width) && [1, 3].contains(space.channels)
      && (2...256).contains(space.levels) && space.height * space.width <= 1 << 24 && !classNames.isEmpty
      && Set(classNames).count == classNames.count && classCounts.count == classNames.count
      && classCounts.allSatisfy { (0...1 << 40).contains($0) }
  }
}
