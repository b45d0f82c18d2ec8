extension Report {
  /// Everything odd about the data, each sentence once.
  var notices: [String] {
    (data.notices + (warnings ?? []).map(\.printable)).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension Report {
  /// What bootstrap intervals are over: one seed cannot be drawn again.
  var resampled: String {
    let seeds = results.map { $0.top1?.perSeed.count ?? 0 }.max() ?? 0
    return seeds > 1 ? "test images and seeds" : "test images, of one seed"
  }
}

extension DataSection {
  /// The warnings of all sets and the classes that they lack, each with the set that it is about.
  fileprivate var notices: [String] {
    sets.flatMap { name, entry, consequence in
      Self.missing(name, entry, consequence) + entry.warnings.map { "\(name): \($0.printable)" }
    }
  }

  /// The classes of which a set has no images: what stands beside every number that counts them as 0.
  package var missingNotices: [String] { sets.flatMap { Self.missing($0.name, $0.entry, $0.consequence) } }

  private var sets: [(name: String, entry: DataEntry, consequence: String)] {
    [("real test images", real.test, "so they have no score")]
      + (real.train.map { [("real training images", $0, "so the baseline scores 0 there")] } ?? [])
      + synthetic.sorted { $0.key < $1.key }.map { ($0.key.printable, $0.value, "so it scores 0 there") }
  }

  private static func missing(_ name: String, _ entry: DataEntry, _ consequence: String) -> [String] {
    let classes = entry.missingClasses.map(\.printable).joined(separator: ", ")
    return classes.isEmpty ? [] : ["\(name): no images of \(classes), \(consequence)"]
  }

  /// The classes of which the training set of a result has no images.
  func untrained(of result: ResultEntry) -> Set<String> {
    let (own, train) = (
      synthetic[result.name].map { Set($0.missingClasses) }, real.train.map { Set($0.missingClasses) }
    )
    switch result.kind {
    case .cas: return own ?? []
    case .baseline: return train ?? []
    case .nas: return (train ?? []).intersection(own ?? [])
    case .ganTest, .evaluation: return []
    }
  }
}
