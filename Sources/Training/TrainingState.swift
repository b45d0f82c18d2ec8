import Foundation
internal import Networks

/// The state of a training between two steps, saved to resume it.
package struct TrainingState: Sendable, Equatable {
  package var step: Int
  package var epochLoss: Double
  package var epochCorrect: Int
  package var epochImages: Int
  package var seconds: Double
  package var history: [EpochRecord]
  package var parameters: [Float]
  package var velocity: [Float]
  package var statistics: [Float]
  /// Parameters, then statistics, of the moving average; empty without one.
  package var average: [Float]
}

extension TrainingState {
  /// The part of a state that is not floats; JSON holds each Double exactly.
  private struct Progress: Codable {
    var step: Int
    var epochLoss: Double
    var epochCorrect: Int
    var epochImages: Int
    var seconds: Double
    var history: [EpochRecord]

    enum CodingKeys: String, CodingKey {
      case step, epochLoss, epochImages, seconds, history
      case epochCorrect = "epochHits"
    }
  }

  /// The state as a safetensors file with the training's fingerprint.
  ///
  /// - Parameter parts: what has computed the training so far.
  package func serialized(fingerprint: String, computedBy parts: [Computation]) throws -> [UInt8] {
    let progress = Progress(
      step: step, epochLoss: epochLoss, epochCorrect: epochCorrect, epochImages: epochImages, seconds: seconds,
      history: history)
    var file = SafeTensors(metadata: try Computation.metadata(of: parts))
    file.metadata["format"] = Self.format
    file.metadata["fingerprint"] = fingerprint
    file.metadata["progress"] = String(decoding: try JSONEncoder().encode(progress), as: UTF8.self)
    for (name, values) in [
      "parameters": parameters, "velocity": velocity, "statistics": statistics, "average": average,
    ] {
      file.tensors[name] = SafeTensors.Entry(shape: [values.count], values: .float(values))
    }
    return try file.serialized()
  }

  /// Reads a saved state of the training with this fingerprint.
  ///
  /// - Parameter kernels: the kernels that would continue; nil accepts any.
  /// - Throws: `CheckpointError.damaged`, `TrainingError.foreignCheckpoint` or `TrainingError.otherKernels`.
  package init(_ bytes: [UInt8], path: String, fingerprint: String, kernels: String?) throws {
    let file = try SafeTensors(bytes, path: path)
    guard file.metadata["format"] == Self.format, let text = file.metadata["progress"],
      let progress = try? JSONDecoder().decode(Progress.self, from: Data(text.utf8))
    else { throw CheckpointError.damaged(path: path, detail: "it is not a checkpoint of a training") }
    guard file.metadata["fingerprint"] == fingerprint else {
      throw TrainingError.foreignCheckpoint(path: path, what: "the data, the configuration or the seed")
    }
    if let kernels, let saved = file.metadata["kernels"], saved != kernels {
      throw TrainingError.otherKernels(path: path, saved: saved, present: kernels)
    }
    func floats(_ name: String) throws -> [Float] {
      guard case .float(let values)? = file.tensors[name]?.values else {
        throw CheckpointError.damaged(path: path, detail: "it lacks \(name)")
      }
      return values
    }
    self.init(
      step: progress.step, epochLoss: progress.epochLoss, epochCorrect: progress.epochCorrect,
      epochImages: progress.epochImages, seconds: progress.seconds, history: progress.history,
      parameters: try floats("parameters"), velocity: try floats("velocity"), statistics: try floats("statistics"),
      average: try floats("average"))
  }

  /// The fingerprint of a saved state's training, nil if it has none, and the computations of that training.
  ///
  /// - Throws: `CheckpointError.damaged`.
  package static func origin(
    of bytes: [UInt8], path: String
  ) throws -> (fingerprint: String?, parts: [Computation]) {
    let metadata = try SafeTensors(bytes, path: path).metadata
    return (metadata["fingerprint"], Computation.parts(in: metadata))
  }

  private static let format = "cas-checkpoint-1"
}
