/// Traits of some images of a data set, to choose settings without decoding all of it.
package struct DatasetGlance: Sendable, Equatable {
  /// The longer side of the largest decoded image.
  package let side: Int
  /// Whether all of them are grey.
  package let isGrey: Bool
}

extension Dataset {
  /// Decodes at most `limit` images of a listing of this data set, spread evenly over it. Throws `DataError`,
  /// `FileError` or `ImageError`.
  package func glance(at listing: SplitListing, limit: Int = 64) throws -> DatasetGlance {
    guard !listing.entries.isEmpty else { throw DataError.noImages(listing.path) }
    let reader = try source.reader(of: listing)
    let count = min(limit, listing.entries.count)
    let images = try (0..<count).map { try reader.image(at: $0 * listing.entries.count / count).image }
    return DatasetGlance(
      side: images.reduce(0) { max($0, $1.width, $1.height) }, isGrey: images.allSatisfy(\.isGrey))
  }
}
