extension Report {
  /// Everything odd about the data, each sentence once.
  var notices: [String] {
    let scored = Set(findings.results.filter { $0.kind == .cas }.map(\.name))
    let all =
      provenance.data.notices(scored: scored) + drawnWithout + (hasTwoSeeds ? [Significance.twoSeeds] : [])
      + (findings.warnings ?? []).map(\.printable)
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Whether there are two seeds and nowhere more, whose tests and intervals have one degree of freedom.
  var hasTwoSeeds: Bool { findings.results.map { $0.top1?.perSeed.count ?? 0 }.max() == 2 }

  /// Classes that a set has and of which no image was drawn for a training.
  private var drawnWithout: [String] {
    findings.results.compactMap { result in
      DataSection.list(untrained(of: result).subtracting(lackedByItsSets(result)).sorted()).map {
        "\(result.label): no image of \($0) was drawn, so it scores 0 there"
      }
    }
  }

  /// What bootstrap intervals are over: one seed cannot be drawn again.
  var resampled: String {
    let seeds = findings.results.map { $0.top1?.perSeed.count ?? 0 }.max() ?? 0
    return seeds > 1 ? "test images and seeds" : "test images, of one seed"
  }

  /// The classes of which the training sets of some results have no image: what stands beside every number that counts
  /// them as 0.
  ///
  /// - Parameter keys: of the results; nil for all.
  package func missingNotices(of keys: [String]? = nil) -> [String] {
    let test =
      DataSection.list(real.test.missingClasses).map { ["real test images: no images of \($0), so they have no score"] }
      ?? []
    let chosen = findings.results.filter { keys?.contains($0.key) ?? true }
    return test
      + chosen.compactMap { result in
        DataSection.list(untrained(of: result).sorted()).map {
          "\(result.label): no training images of \($0), so it scores 0 there"
        }
      }
  }

  private var real: DataSection.Real { provenance.data.real }

  /// The classes of which the training set of a result has no images: what was drawn, where the report says it.
  func untrained(of result: ResultEntry) -> Set<String> {
    if result.kind == .ganTest || result.kind == .evaluation { return [] }
    if let counts = result.training?.perClassImages, !counts.isEmpty {
      return Set(counts.filter { $0.value == 0 }.keys)
    }
    return lackedByItsSets(result)
  }

  /// The classes that none of the sets that a result is trained on has.
  private func lackedByItsSets(_ result: ResultEntry) -> Set<String> {
    let own = provenance.data.synthetic[result.name].map { Set($0.missingClasses) }
    let train = real.train.map { Set($0.missingClasses) }
    switch result.kind {
    case .cas: return own ?? []
    case .baseline: return train ?? []
    case .nas: return (train ?? []).intersection(own ?? [])
    case .ganTest, .evaluation: return []
    }
  }
}

extension DataSection {
  /// The warnings of all sets and the classes that they lack, each with the set that it is about.
  ///
  /// - Parameter scored: names of the synthetic sets that something was trained on alone.
  fileprivate func notices(scored: Set<String>) -> [String] {
    var notices = Self.notices("real test images", real.test, consequence: ", so they have no score")
    if let train = real.train {
      notices += Self.notices("real training images", train, consequence: ", so the baseline scores 0 there")
    }
    for (name, entry) in synthetic.sorted(by: { $0.key < $1.key }) {
      notices += Self.notices(
        name.printable, entry, consequence: scored.contains(name) ? ", so it scores 0 there" : "")
    }
    return notices
  }

  private static func notices(_ name: String, _ entry: DataEntry, consequence: String) -> [String] {
    (list(entry.missingClasses).map { ["\(name): no images of \($0)\(consequence)"] } ?? [])
      + entry.warnings.map { "\(name): \($0.printable)" }
  }

  /// Names for a sentence; nil for none.
  fileprivate static func list(_ names: [String]) -> String? {
    names.isEmpty ? nil : names.map(\.printable).joined(separator: ", ")
  }
}
