internal import Datasets
import Foundation
internal import Kernels
internal import Training

/// Everything that a training's final bytes depend on, besides the kernels of the machine.
struct Fingerprint: Codable {
  let architecture: String
  let recipe: Recipe
  let steps: Int
  let seed: UInt64
  let normalization: Normalization
  /// The hash of the training images, their shape, their labels and the names of the classes.
  let data: String
  /// The part of the data of which every batch has a fixed number; a key that is left out where there is none.
  let supplement: BatchSampler.Supplement?
  /// How many images of each class an epoch shows; left out where it shows each image once.
  let weighting: [Int]?
  /// The hash of the images that parts are cut out of, which that of the samples does not cover; left out where there are none.
  let originals: String?
  /// How these are decoded; left out where there are none.
  let decoding: LoadOptions.Decoding?
  let kernels: KernelChoice

  /// SHA-256 of the fields in a fixed order, in hexadecimal.
  func digest() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Digest.hexadecimal(of: Array(try encoder.encode(self)))
  }
}
