internal import Datasets

// How the sets of a study are drawn from the data: never by chance that a seed decides.
extension Study {
  /// At most `perClass` images of each class.
  static func limited(
    _ samples: Samples, _ experiment: Experiment, name: String, notes: inout [String]
  ) throws -> Samples {
    guard let limit = experiment.perClass else { return samples }
    return try matched(samples, to: samples.classCounts.map { _ in limit }, name: name, notes: &notes)
  }

  /// As many images of each class as wanted, or all there are, which is noted.
  static func matched(
    _ samples: Samples, to wanted: [Int], name: String, notes: inout [String]
  ) throws -> Samples {
    let present = samples.classCounts
    let short = zip(present, wanted).filter { $0 < $1 }
    if !short.isEmpty {
      notes.append(
        "\(short.count) of \(present.count) classes have fewer images than \(name) asks for "
          + "(\(present.reduce(0, +)) images instead of \(wanted.reduce(0, +))).")
    }
    return try samples.drawing(perClass: zip(present, wanted).map { min($0, $1) })
  }

  static func unique(_ notes: [String]) -> [String] {
    notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
