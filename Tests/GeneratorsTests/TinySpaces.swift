import Foundation
import Generators
import Kernels
import Randomness

/// Spaces whose images can all be listed, and images to fit models to.
enum TinySpaces {
  static let grey = ImageSpace(height: 2, width: 2, channels: 1, levels: 3)
  /// Three numbers for each pixel: 3¹² images.
  static let colour = ImageSpace(height: 2, width: 2, channels: 3, levels: 3)

  /// Every image of a space, in the order of counting.
  static func all(_ space: ImageSpace) -> LevelImages {
    let count = (0..<space.dimensions).reduce(1) { product, _ in product * space.levels }
    let levels = (0..<count).flatMap { index in
      var rest = index
      return (0..<space.dimensions).map { _ in
        defer { rest /= space.levels }
        return UInt8(rest % space.levels)
      }
    }
    return LevelImages(space: space, levels: levels)
  }

  /// Images of two classes whose neighbouring numbers depend on each other.
  static func data(_ space: ImageSpace, perClass: Int) -> LabelledImages {
    var stream = RandomStream(seed: 3, purpose: "tiny images")
    var levels: [UInt8] = []
    var labels: [Int] = []
    for label in 0..<2 {
      for _ in 0..<perClass {
        var last = Double(label)
        for _ in 0..<space.dimensions {
          last = 0.7 * last + 0.5 * Double(label) + 0.6 * Double(stream.nextNormal())
          levels.append(UInt8(min(max(last.rounded(), 0), Double(space.levels - 1))))
        }
        labels.append(label)
      }
    }
    return LabelledImages(
      images: LevelImages(space: space, levels: levels), labels: labels, classNames: ["low", "high"])
  }

  static func context(_ kind: LikelihoodKind = .levels, threads: Int = 2) -> FitContext {
    FitContext(seed: 1, kind: kind, dataHash: "tiny", pool: ThreadPool(threads: threads))
  }

  static func logLikelihoods(_ model: some LikelihoodModel, _ images: LevelImages, threads: Int = 2) throws -> [Double]
  {
    try model.logLikelihoods(
      images, classes: Array(model.classNames.indices), pool: ThreadPool(threads: threads), progress: { _, _, _ in })
  }

  static func sample(
    _ model: some LikelihoodModel, _ labels: [Int], first: Int = 0, threads: Int = 2
  ) throws -> LevelImages {
    try model.sample(
      labels: labels, first: first, stream: RandomStream(seed: 5, purpose: "samples"),
      pool: ThreadPool(threads: threads), progress: { _, _, _ in })
  }
}
