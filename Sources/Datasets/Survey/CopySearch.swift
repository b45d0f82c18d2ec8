package import Kernels

/// Finds images that are copies of others: the same pixels, or near copies, mirrored or not.
package struct CopySearch: Sendable {
  package struct Match: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable { case exact, near }

    /// The image, a place in its survey's listing.
    package let image: Int
    /// What it is a copy of: the number of the survey among the references, and the place in that one's listing.
    package let reference: Int
    package let original: Int
    package let kind: Kind
    package let isMirrored: Bool
    /// Root mean square of the difference of the two pictures at 8 by 8, in levels of 0 to 255.
    package let distance: Float
  }

  private static let chunk = 64
}

extension CopySearch {
  /// For each image of `survey` the nearest image among the references, if that is a copy; in order of the images.
  package static func copies(in survey: Survey, of references: [Survey], pool: ThreadPool) -> [Match] {
    let exact = references.map { places(of: $0) }
    let indices = references.map { SimilarityIndex($0.pictures.map { $0?.grid }) }
    return matches(in: survey, pool: pool) { image, picture in
      for (reference, places) in exact.enumerated() {
        if let original = places[picture.digest] {
          return Match(
            image: image, reference: reference, original: original, kind: .exact, isMirrored: false, distance: 0)
        }
      }
      guard let grid = picture.grid else { return nil }
      let found = indices.enumerated().compactMap { reference, index in
        index.nearest(to: grid).map { (reference, $0) }
      }
      guard let (reference, match) = found.min(by: { $0.1.distance < $1.1.distance }) else { return nil }
      return Match(
        image: image, reference: reference, original: match.index, kind: .near, isMirrored: match.isMirrored,
        distance: match.distance)
    }
  }

  /// For each image of `survey` an earlier one of which it is a copy.
  package static func duplicates(in survey: Survey, pool: ThreadPool) -> [Match] {
    let exact = places(of: survey)
    let index = SimilarityIndex(survey.pictures.map { $0?.grid })
    return matches(in: survey, pool: pool) { image, picture in
      if let first = exact[picture.digest], first < image {
        return Match(image: image, reference: 0, original: first, kind: .exact, isMirrored: false, distance: 0)
      }
      guard let grid = picture.grid, let match = index.nearest(to: grid, where: { $0 < image }) else { return nil }
      return Match(
        image: image, reference: 0, original: match.index, kind: .near, isMirrored: match.isMirrored,
        distance: match.distance)
    }
  }

  /// The first place of each content.
  private static func places(of survey: Survey) -> [ContentDigest: Int] {
    var places: [ContentDigest: Int] = [:]
    for (place, picture) in survey.pictures.enumerated() {
      if let digest = picture?.digest, places[digest] == nil { places[digest] = place }
    }
    return places
  }

  private static func matches(
    in survey: Survey, pool: ThreadPool, _ find: (Int, Survey.Picture) -> Match?
  ) -> [Match] {
    let count = survey.pictures.count
    let chunks = (count + chunk - 1) / chunk
    var found = [[Match]](repeating: [], count: chunks)
    found.withUnsafeMutableBufferPointer { found in
      nonisolated(unsafe) let places = found
      pool.run(chunks: chunks) { index, _ in
        places[index] = (index * chunk..<min(count, (index + 1) * chunk)).compactMap { image in
          survey.pictures[image].flatMap { find(image, $0) }
        }
      }
    }
    return Array(found.joined())
  }
}
