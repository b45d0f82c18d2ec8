internal import Datasets

extension Study {
  /// The Classification Accuracy Score (Ravuri and Vinyals 2019): each synthetic set alone, and the real training
  /// images in the same numbers per class as the baseline.
  ///
  /// Sets with other counts get a baseline of their own, so that a drop measures the samples and not their number. A
  /// hundredth of the images, such as noise of the labels, changes that less than another seed does.
  package static func cas(_ data: StudyData, _ experiment: Experiment) throws -> Study {
    var notes: [String] = []
    var entries: [Entry] = []
    var baselines: [(owner: String, counts: [Int], entry: Entry)] = []
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
        if let known = baselines.first(where: { differing($0.counts, counts).isSmall }) {
          entry.baseline = known.entry.name
          let images = differing(known.counts, counts).images
          if images > 0 {
            notes.append(
              "\(set.name) shares the baseline of \(known.owner): their class counts differ by "
                + "\(images.grouped) of \(counts.reduce(0, +).counted("image", "images")), less than 1 %.")
          }
        } else {
          // Names of synthetic sets hold no plus sign, so that these cannot clash with one.
          let name = baselines.isEmpty ? "baseline" : "baseline+\(baselines.count + 1)"
          baselines.append((set.name, counts, Entry(name: name, kind: .baseline, samples: drawn)))
          entry.baseline = name
        }
      }
      entries.append(entry)
    }
    return try Study(data, entries: entries + baselines.map(\.entry), notes: data.notes + unique(notes), experiment)
  }

  /// How many images two draws of real images do not share, at least, and whether one baseline can stand for both: these
  /// are under a hundredth, and no class is missing from one alone.
  private static func differing(_ first: [Int], _ second: [Int]) -> (images: Int, isSmall: Bool) {
    let images = max(
      zip(first, second).reduce(0) { $0 + max($1.0 - $1.1, 0) },
      zip(first, second).reduce(0) { $0 + max($1.1 - $1.0, 0) })
    let isSmall = images == 0 || images * 100 < min(first.reduce(0, +), second.reduce(0, +))
    return (images, isSmall && zip(first, second).allSatisfy { ($0 == 0) == ($1 == 0) })
  }

  /// The synthetic sets on which a baseline's classifiers are tested: train on real images, test on samples, the
  /// GAN-test of Shmelkov, Schmid and Alahari 2018 ("How good is my GAN?"). Near the accuracy on real images says that
  /// samples look like their class; more says that they are easier than real ones, or memorised.
  func ganTested(by entry: Entry) -> [Entry] {
    guard entry.kind == .baseline else { return [] }
    return entries.filter { $0.kind == .cas && $0.size == nil && $0.baseline == entry.name && $0.samples.count > 0 }
  }
}
