package import Datasets
internal import Images
package import Reports

/// Searches a data set for damaged files, copies within it, and copies of real images (`cas data check`).
package struct DataCheck {
  package struct Request: Codable, Sendable {
    package var path: String
    /// Real images that must not be among those at `path`: all splits of it.
    package var real: String?
    package var realTrain: String?

    package init(path: String, real: String? = nil, realTrain: String? = nil) {
      self.path = path
      self.real = real
      self.realTrain = realTrain
    }
  }

  package let document: DataCheckDocument
  /// The set's splits, then those that it was compared with.
  package let sets: [SurveyedSet]
  /// The first copies of real images with their pictures.
  package let pairs: [CopySheet.Pair]

  /// As many pairs go onto a sheet.
  private static let mostPairs = 200
}

extension DataCheck {
  /// Every split of the set is searched for damaged files and copies within it. Without real images to compare with,
  /// a set with two splits is searched for test images among its training images.
  ///
  /// - Throws: `DataError` or `FileError` where a data set as a whole cannot be read.
  package init(_ request: Request, _ reader: SetReader) throws {
    let dataset = try Dataset.open(request.path)
    func surveys(_ dataset: Dataset) throws -> [(dataset: Dataset, survey: Survey)] {
      try dataset.splits.map { split in
        (dataset, try reader.survey(dataset, split, compares: true))
      }
    }
    // All are opened before the first one is looked at, which takes long.
    let real = try [request.real, request.realTrain].compactMap { $0 }.map { try Dataset.open($0) }
    let own = try surveys(dataset)
    let references = try real.flatMap(surveys)
    var parts: [DataCheckDocument.Part] = []
    var pairs: [CopySheet.Pair] = []
    for (index, (_, survey)) in own.enumerated() {
      var others = references
      if references.isEmpty, survey.listing.split == .train {
        others = own.enumerated().filter { $0.offset != index }.map(\.element)
      }
      let leaks = CopySearch.copies(in: survey, of: others.map(\.survey), pool: reader.pool)
      let copies = leaks.map { Self.copy($0, survey, others[$0.reference].survey) }
      for (match, copy) in zip(leaks, copies).prefix(Self.mostPairs - pairs.count) {
        let other = others[match.reference]
        pairs.append(
          CopySheet.Pair(
            copy: copy, image: try Self.picture(match.image, dataset, survey),
            original: try Self.picture(match.original, other.dataset, other.survey)))
      }
      parts.append(
        DataCheckDocument.Part(
          SurveyedSet(survey.listing), damaged: survey.damaged.map(\.sentence),
          duplicates: CopySearch.duplicates(in: survey, pool: reader.pool).map { Self.copy($0, survey, survey) },
          leaks: copies, against: others.map { Self.title($0.survey) }))
    }
    document = DataCheckDocument(results: parts)
    self.pairs = pairs
    sets = (own + references).map { SurveyedSet($0.survey.listing) }
  }

  private static func title(_ survey: Survey) -> String {
    survey.listing.path + (survey.listing.split == .whole ? "" : " (\(survey.listing.split.rawValue))")
  }

  private static func copy(_ match: CopySearch.Match, _ survey: Survey, _ other: Survey) -> DataCheckDocument.Copy {
    func name(_ listing: SplitListing, _ index: Int) -> String {
      let label = listing.entries[index].classIndex
      return listing.classNames?[label] ?? "\(label)"
    }
    return DataCheckDocument.Copy(
      image: survey.listing.entries[match.image].member, className: name(survey.listing, match.image),
      set: title(other), original: other.listing.entries[match.original].member,
      originalClass: name(other.listing, match.original), kind: match.kind.rawValue, mirrored: match.isMirrored,
      distance: (Double(match.distance) * 1000).rounded() / 1000)
  }

  /// A picture for the sheet, made smaller where it is large.
  private static func picture(_ index: Int, _ dataset: Dataset, _ survey: Survey) throws -> Image {
    let image = try dataset.image(index, of: survey.listing)
    let longest = max(image.width, image.height)
    guard longest > 128 else { return image }
    return image.resized(
      width: max(1, image.width * 128 / longest), height: max(1, image.height * 128 / longest), filter: .bilinear)
  }
}

extension SurveyedSet {
  package init(_ listing: SplitListing) {
    self.init(
      path: listing.path, split: listing.split == .whole ? nil : listing.split.rawValue, images: listing.entries.count)
  }
}
