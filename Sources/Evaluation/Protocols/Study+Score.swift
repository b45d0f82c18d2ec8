internal import Datasets

extension Study {
  /// The Classification Accuracy Score (Ravuri and Vinyals 2019): each synthetic set alone, and the real training
  /// images in the same numbers per class as the baseline.
  ///
  /// Sets with other counts get a baseline of their own, so that a drop measures the samples and not their number.
  package static func cas(_ data: StudyData, _ experiment: Experiment) throws -> Study {
    var notes: [String] = []
    var entries: [Entry] = []
    var baselines: [(counts: [Int], entry: Entry)] = []
    for set in data.synthetic {
      let samples = try drawn(set, data, experiment, notes: &notes)
      var entry = Entry(name: set.name, kind: .cas, samples: samples)
      if let real = data.realTrain, experiment.baseline != .none {
        let drawn =
          experiment.baseline == .matched
          ? try matched(
            real, of: "The real training set",
            to: counts(of: real, matching: samples, name: set.name, notes: &notes), than: set.name, notes: &notes)
          : try limited(real, experiment, name: "The real training set", notes: &notes)
        let counts = drawn.classCounts
        if let known = baselines.first(where: { $0.counts == counts }) {
          entry.baseline = known.entry.name
        } else {
          // Names of synthetic sets hold no plus sign, so that these cannot clash with one.
          let name = baselines.isEmpty ? "baseline" : "baseline+\(baselines.count + 1)"
          baselines.append((counts, Entry(name: name, kind: .baseline, samples: drawn)))
          entry.baseline = name
        }
      }
      entries.append(entry)
    }
    return try Study(data, entries: entries + baselines.map(\.entry), notes: data.notes + unique(notes), experiment)
  }

  /// The synthetic sets on which a baseline's classifiers are tested: train on real images, test on samples, the
  /// GAN-test of Shmelkov, Schmid and Alahari 2018 ("How good is my GAN?"). Near the accuracy on real images says that
  /// samples look like their class; more says that they are easier than real ones, or memorised.
  func ganTested(by entry: Entry) -> [Entry] {
    guard entry.kind == .baseline else { return [] }
    return entries.filter { $0.kind == .cas && $0.size == nil && $0.baseline == entry.name && $0.samples.count > 0 }
  }
}
