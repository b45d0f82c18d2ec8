internal import Datasets
package import Reports

/// Looks into data sets (`cas data inspect`).
package enum DataInspection {
  /// - Throws: `DataError` or `FileError` where a data set as a whole cannot be read.
  package static func run(_ paths: [String], _ reader: SetReader) throws -> InspectionDocument {
    // All are opened before the first one is looked at, which takes long.
    let parts = try paths.map { try Dataset.open($0) }.flatMap { dataset in
      try dataset.splits.map { split in
        InspectionDocument.Part(try reader.survey(dataset, split, compares: false), format: dataset.format)
      }
    }
    return InspectionDocument(results: parts)
  }
}

extension InspectionDocument.Part {
  init(_ survey: Survey, format: DataFormat) {
    let listing = survey.listing
    let names = listing.classNames ?? listing.classCounts.indices.map(String.init)
    let pictures = survey.pictures.compactMap { $0 }
    func counts(_ values: [String: Int]) -> [InspectionDocument.Count] {
      values.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { .init(name: $0.key, images: $0.value) }
    }
    func tally(_ key: (Survey.Picture) -> String) -> [InspectionDocument.Count] {
      counts(pictures.reduce(into: [:]) { $0[key($1), default: 0] += 1 })
    }
    self.init(
      path: listing.path, format: format.rawValue, split: listing.split == .whole ? nil : listing.split.rawValue,
      images: listing.entries.count,
      classes: zip(names, listing.classCounts).map { .init(name: $0, images: $1) },
      sizes: tally { "\($0.width)x\($0.height)" }, codecs: tally(\.codec),
      jpegQualities: survey.jpegQualities.sorted { $0.key < $1.key }.map { .init(name: "\($0.key)", images: $0.value) },
      jpegSamplings: counts(survey.jpegSamplings), grey: pictures.count(where: \.isGrey),
      mean: pictures.isEmpty ? [] : survey.colours.mean, deviation: pictures.isEmpty ? [] : survey.colours.deviation,
      damaged: survey.damaged.map(\.sentence),
      ignored: listing.ignoredHidden + listing.ignoredOther,
      warnings: survey.warnings
        + (listing.emptyClasses.isEmpty ? [] : ["There is no image in the class \(listing.emptyClasses.capped())."]))
  }
}
