internal import Datasets

// Draws the sets of a study from the data. No draw depends on a seed.
extension Study {
  /// At most `perClass` images of each class.
  static func limited(
    _ samples: Samples, _ experiment: Experiment, name: String, notes: inout [String]
  ) throws -> Samples {
    guard let limit = experiment.perClass else { return samples }
    return try matched(
      samples, of: name, to: samples.classCounts.map { _ in limit }, than: "--per-class \(limit) asks for",
      notes: &notes)
  }

  /// A synthetic set as drawn for the study: with the class counts of the real training set, if requested (Ravuri and
  /// Vinyals 2019 replace each real image by a sample of its class), and at most `perClass`.
  static func drawn(
    _ set: StudyData.Named, _ data: StudyData, _ experiment: Experiment, notes: inout [String]
  ) throws -> Samples {
    var samples = set.samples
    if experiment.matchLabelCounts {
      guard let real = data.realTrain else {
        throw UsageError.matchingWithoutRealTraining
      }
      samples = try matched(
        samples, of: set.name, to: real.classCounts, than: "the real training set", notes: &notes)
    }
    return try limited(samples, experiment, name: set.name, notes: &notes)
  }

  /// The class counts of the real images that a set is compared with: its own, and for a class that it lacks the average
  /// of its other classes, so that the class's accuracy of 0 counts as a loss.
  static func counts(of real: Samples, matching samples: Samples, name: String, notes: inout [String]) -> [Int] {
    let counts = samples.classCounts
    let wanted = wanted(counts, of: real.classCounts)
    let added = wanted.reduce(0, +) - samples.count
    guard added > 0 else { return wanted }
    notes.append(
      "\(name) lacks \(counts.count { $0 == 0 }.counted("class", "classes")): its baseline has "
        + "\(added.counted("real image", "real images")) of them, so that their loss counts.")
    return wanted
  }

  /// The same from class counts.
  static func wanted(_ counts: [Int], of real: [Int]) -> [Int] {
    let held = counts.count { $0 > 0 }
    guard held > 0, held < counts.count else { return counts }
    let mean = max(1, Int((Double(counts.reduce(0, +)) / Double(held)).rounded()))
    return zip(counts, real).map { $0 > 0 ? $0 : min(mean, $1) }
  }

  /// The wanted number of images per class of the set `name`, or all there are, with a note.
  static func matched(
    _ samples: Samples, of name: String, to wanted: [Int], than other: String, notes: inout [String]
  ) throws -> Samples {
    let present = samples.classCounts
    let drawn = zip(present, wanted).map { min($0, $1) }
    let short = zip(present, wanted).count { $0 < $1 }
    if short > 0 {
      let total = wanted.reduce(0, +)
      notes.append(
        "\(name) has fewer images than \(other) in \(short) of \(present.count) classes: "
          + "\(drawn.reduce(0, +).grouped) of \(total.counted("image", "images")).")
    }
    return try samples.drawing(perClass: drawn)
  }

  static func unique(_ notes: [String]) -> [String] {
    notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
