package import Datasets
import Foundation
package import Networks
package import Training

/// A trained network as a file: safetensors under PyTorch's names, with what it takes to use it again.
///
/// It holds no time, path, commit or number of threads, so that equal trainings give equal files.
package enum ModelFile {
  /// The bytes of a finished training's model.
  package static func serialized(_ job: TrainingJob, _ network: Network, kernels: String) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    return try SafeTensors(
      metadata: [
        "format": "cas-model-1", "architecture": job.architecture.name, "input": network.plan.input.shape.description,
        "classes": try json(job.samples.classNames), "normalization": try json(job.normalization),
        "fingerprint": job.fingerprint, "kernels": kernels, "seed": "\(job.seed)", "steps": "\(job.steps)",
      ], tensors: network.stateDictionary(batches: job.steps)
    ).serialized()
  }

  /// The network of a finished training from its file.
  ///
  /// - Throws: `CheckpointError`, or `TrainingError.foreignCheckpoint` when it is another training's.
  package static func load(_ bytes: [UInt8], path: String, job: TrainingJob) throws -> Network {
    let file = try SafeTensors(bytes, path: path)
    guard file.metadata["fingerprint"] == job.fingerprint else {
      throw TrainingError.foreignCheckpoint(path: path, what: "the data, the configuration or the seed")
    }
    let network = Network(job.plan)
    try network.load(file, path: path, model: job.architecture.name)
    return network
  }
}

extension SafeTensors {
  /// The class names that a model of this tool was saved with.
  package var classNames: [String]? { decoded("classes") }
  /// The normalisation that a model of this tool was trained with.
  package var normalization: Normalization? { decoded("normalization") }

  private func decoded<Value: Decodable>(_ key: String) -> Value? {
    metadata[key].flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }
}
