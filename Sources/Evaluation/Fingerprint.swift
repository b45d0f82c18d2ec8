import Foundation
internal import Datasets
internal import Training

/// Everything that a training's final bytes depend on, besides the kernels of the machine.
struct Fingerprint: Codable {
  let architecture: String
  let height: Int
  let width: Int
  let channels: Int
  let classes: [String]
  let recipe: Recipe
  let steps: Int
  let seed: UInt64
  let normalization: Normalization
  /// The hash of the training images and their labels.
  let data: String
  let kernels: Experiment.KernelChoice

  /// SHA-256 of the fields in a fixed order, in hexadecimal.
  func digest() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return SHA256.hexadecimal(Array(try encoder.encode(self)))
  }
}
