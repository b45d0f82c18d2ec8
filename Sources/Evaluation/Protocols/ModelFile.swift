package import Datasets
import Foundation
package import Networks
package import Training

/// A trained network as a file: safetensors under PyTorch's names, with the metadata to use it again.
///
/// It holds no time, path or number of threads, so equal trainings by one build give equal files.
package enum ModelFile {
  /// The bytes of a finished training's model.
  ///
  /// - Parameter parts: what computed the training.
  package static func serialized(
    _ job: TrainingJob, _ network: Network, computedBy parts: [Computation]
  ) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    let untrained = job.samples.classCounts.indices.filter { job.samples.classCounts[$0] == 0 }
    var metadata = try Computation.metadata(of: parts)
    if !untrained.isEmpty { metadata["untrained"] = try json(untrained) }
    metadata.merge([
      "format": "cas-model-1", "architecture": job.architecture.name, "input": network.plan.input.shape.description,
      "classes": try json(job.samples.classNames), "normalization": try json(job.normalization),
      "fingerprint": job.fingerprint, "seed": "\(job.seed)", "steps": "\(job.steps)",
    ]) { $1 }
    return try SafeTensors(metadata: metadata, tensors: network.stateDictionary(batches: job.steps)).serialized()
  }

  /// The network of a finished training from its file, and its computations.
  ///
  /// - Parameter kernels: those that compute the study's other trainings; nil accepts any.
  /// - Throws: `CheckpointError`; `TrainingError.foreignCheckpoint` when it is another training's, and
  ///   `TrainingError.otherKernels`.
  package static func load(
    _ bytes: [UInt8], path: String, job: TrainingJob, kernels: String?
  ) throws -> (network: Network, parts: [Computation]) {
    let file = try SafeTensors(bytes, path: path)
    guard file.metadata["fingerprint"] == job.fingerprint else {
      throw TrainingError.foreignCheckpoint(path: path, what: "the data, the configuration or the seed")
    }
    let own = file.metadata["kernels"] ?? "unknown kernels"
    if let kernels, own != kernels { throw TrainingError.otherKernels(path: path, saved: own, present: kernels) }
    let network = Network(job.plan)
    try network.load(file, path: path, model: job.architecture.name)
    return (network, Computation.parts(in: file.metadata))
  }
}

extension SafeTensors {
  /// The class names that a model of this tool was saved with.
  package var classNames: [String]? { decoded("classes") }
  /// The normalisation that a model of this tool was trained with.
  package var normalization: Normalization? { decoded("normalization") }
  /// The outputs for classes of which a model of this tool saw no image. They have no meaning.
  package var untrained: Set<Int> { Set(decoded("untrained") ?? [Int]()) }

  private func decoded<Value: Decodable>(_ key: String) -> Value? {
    metadata[key].flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }
}
