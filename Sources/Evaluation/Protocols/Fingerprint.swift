internal import Datasets
import Foundation
internal import Kernels
internal import Training

/// Everything that determines a training's final bytes, except the machine's kernels.
struct Fingerprint: Codable {
  let architecture: String
  let recipe: Recipe
  let steps: Int
  let seed: UInt64
  let normalization: Normalization
  /// The hash of the training images, their shape, their labels and the names of the classes.
  let data: String
  /// The supplement, of which every batch has a fixed number of images; absent without one.
  let supplement: BatchSampler.Supplement?
  /// How many images of each class an epoch shows; absent if it shows each image once.
  let weighting: [Int]?
  /// The hash of the images that crops are taken from, if the samples' hash does not cover them; absent otherwise.
  let originals: String?
  /// How these are decoded; absent without them.
  let decoding: LoadOptions.Decoding?
  let kernels: KernelChoice

  /// SHA-256 of the fields in a fixed order, in hexadecimal.
  func digest() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Digest.hexadecimal(of: Array(try encoder.encode(self)))
  }
}
