internal import Datasets

extension Study {
  /// The accuracy against the number of samples: nested parts of each synthetic set, and parts of the real training
  /// set with the same number of images of each class beside them.
  ///
  /// - Throws: `UsageError` where no set has as many images as the smallest size.
  package static func curve(_ data: StudyData, sizes: [Int], _ experiment: Experiment) throws -> Study {
    var notes: [String] = []
    var entries: [Entry] = []
    var references: [(counts: [Int], entry: Entry)] = []
    for set in data.synthetic {
      let samples = try drawn(set, data, experiment, notes: &notes)
      for size in sizes {
        guard size <= samples.count else {
          notes.append("\(set.name) has \(samples.count) images, so that there is no point at \(size).")
          continue
        }
        let part = try samples.drawing(perClass: samples.proportionalCounts(total: size))
        var entry = Entry(name: set.name, kind: .cas, size: size, samples: part)
        let lacking = zip(samples.classCounts, data.realTrain?.classCounts ?? []).contains { $0 == 0 && $1 > 0 }
        // Real images that lack the same classes would hide that the set does.
        let counts = lacking ? data.realTrain?.proportionalCounts(total: size) ?? [] : part.classCounts
        if counts.reduce(0, +) == size {
          entry.baseline = try reference(to: counts, size: size, data, experiment, known: &references)
        }
        if entry.baseline == nil, let real = data.realTrain, experiment.baseline != .none {
          notes.append(
            "The real training set (\(real.count.counted("image", "images"))) has too few images of some classes for a real "
              + "point beside \(set.name) at \(size).")
        }
        if lacking, entry.baseline != nil {
          notes.append("\(set.name) lacks classes: the real images beside it have all, in their own proportions.")
        }
        entries.append(entry)
      }
    }
    guard !entries.isEmpty else {
      let most = data.synthetic.map(\.samples.count).max() ?? 0
      throw UsageError.noSetOfSize(sizes.min() ?? 0, largest: most)
    }
    if experiment.steps == nil, experiment.budget == .epochs {
      notes.append("All trainings pass over their own images equally often: small sizes take fewer steps.")
    }
    return try Study(data, entries: entries + references.map(\.entry), notes: data.notes + unique(notes), experiment)
  }

  /// The name of the real part with the same numbers of each class, which is drawn once; nil where the real set has
  /// too few, or there is none.
  private static func reference(
    to counts: [Int], size: Int, _ data: StudyData, _ experiment: Experiment,
    known: inout [(counts: [Int], entry: Entry)]
  ) throws -> String? {
    guard let real = data.realTrain, experiment.baseline != .none else { return nil }
    if let same = known.first(where: { $0.counts == counts }) { return same.entry.name }
    guard zip(real.classCounts, counts).allSatisfy({ $0 >= $1 }) else { return nil }
    // Names of synthetic sets hold no at sign, so that these cannot clash with one.
    let others = known.count { $0.entry.size == size }
    let name = "baseline@\(size)" + (others == 0 ? "" : "+\(others + 1)")
    let entry = Entry(name: name, kind: .baseline, size: size, samples: try real.drawing(perClass: counts))
    known.append((counts, entry))
    return name
  }
}
