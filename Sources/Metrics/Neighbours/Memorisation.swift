internal import Foundation
package import Kernels

/// How near samples come to the images that the generator was trained on.
///
/// Authenticity: Alaa et al. 2022, "How Faithful is your Synthetic Data?" (arXiv:2102.08921, section 2.3). What you give
/// up by using it: it sees copies in the extractor's features only, and says nothing about why a sample is near.
package struct Memorisation: Sendable, Equatable {
  /// A sample that is near to a training image.
  package struct Suspect: Codable, Sendable, Equatable {
    /// Their rows.
    package var sample: Int
    package var image: Int
    package var distance: Double
  }

  /// For each sample, its nearest training image.
  package let nearest: [Int]
  /// For each sample, the distance to it.
  package let distances: [Double]
  /// For each training image, the distance to the nearest other one.
  package let trainingDistances: [Double]

  /// The share of samples that are farther from their nearest training image than that is from the nearest other one:
  /// about one half for new images of the same kind, and 0 for copies.
  package var authenticity: Double {
    Double(nearest.indices.count { distances[$0] > trainingDistances[nearest[$0]] }) / Double(nearest.count)
  }

  /// Samples with exactly the features of a training image.
  package var copies: Int { distances.count { $0 == 0 } }

  /// The middle distance of samples to training images over that of training images to each other; nil where that is 0.
  package var medianRatio: Double? {
    let base = median(trainingDistances)
    return base > 0 ? median(distances) / base : nil
  }

  /// The samples nearest to a training image, nearest first, at most `limit`.
  package func suspects(_ limit: Int) -> [Suspect] {
    nearest.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(limit)
      .map { Suspect(sample: $0, image: nearest[$0], distance: distances[$0]) }
  }
}

extension Memorisation {
  /// - Throws: `MetricError`, and what reading the features throws.
  package init(synthetic: any FeatureSource, training: any FeatureSource, pool: ThreadPool) throws {
    try self.init(
      synthetic: synthetic, training: training, within: NearestNeighbours(within: training, k: 1, pool: pool),
      pool: pool)
  }

  /// The same where the nearest neighbours within the training images are known.
  /// - Throws: as above.
  package init(
    synthetic: any FeatureSource, training: any FeatureSource, within: NearestNeighbours, pool: ThreadPool
  ) throws {
    precondition(within.k == 1, "authenticity is about the nearest neighbour")
    let found = try NearestNeighbours(of: synthetic, in: training, k: 1, pool: pool)
    nearest = found.indices
    distances = found.squaredDistances.map { $0.squareRoot() }
    trainingDistances = within.squaredDistances.map { $0.squareRoot() }
  }
}
