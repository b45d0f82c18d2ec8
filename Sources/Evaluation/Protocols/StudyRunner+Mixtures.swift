internal import Datasets
internal import Training

// A run whose trainings were not all computed by one build with one choice of kernels: it is resumed by another program,
// or with --allow-kernel-change.
extension StudyRunner {
  private static let otherKernels = "Trainings of this run were computed with different kernels"
  private static let otherBuilds =
    "Other builds of the program than the one that wrote this report took part in its trainings"

  /// What is to be known of such a run; a build that is not known is none that differs.
  ///
  /// - Parameter build: which program writes the report; nil where that is not known.
  package static func mixtureNotes(_ outcomes: [Outcome], build: String?) -> [String] {
    let trainings: [(name: String, kernels: Set<String>, builds: Set<String>)] = outcomes.flatMap { outcome in
      zip(outcome.entry.trainings, outcome.computations).map { job, parts in
        (
          name: "\(job.name) (seed \(job.seed))", kernels: Set(parts.map(\.kernels)),
          builds: Set(parts.compactMap(\.build))
        )
      }
    }
    var notes: [String] = []
    let kernels = trainings.reduce(into: Set<String>()) { $0.formUnion($1.kernels) }
    if kernels.count > 1 {
      let mixed = trainings.filter { $0.kernels.count > 1 }.map(\.name)
      notes.append(
        "\(otherKernels) (\(kernels.sorted().joined(separator: "; ")))"
          + (mixed.isEmpty ? "" : ", more than one of which computed \(mixed.capped())")
          + ": a part of the differences between them is not the images'.")
    }
    let builds = trainings.reduce(into: Set<String>()) { $0.formUnion($1.builds) }
    let mixed = trainings.filter { $0.builds.count > 1 }.map(\.name)
    let others = trainings.filter { training in
      build.map { training.builds.count == 1 && !training.builds.contains($0) } ?? false
    }.map(\.name)
    let found = [("more than one computed", mixed), ("another one computed", others)].filter { !$0.1.isEmpty }
    if !found.isEmpty {
      notes.append(
        "\(otherBuilds): \(found.map { "\($0.0) \($0.1.capped())" }.joined(separator: "; "))."
          + (builds.count > 1 ? " A part of the differences between the trainings may not be the images'." : ""))
    }
    return notes
  }

  /// Whether a warning of a report is one of these notes.
  static func isMixtureNote(_ warning: String) -> Bool {
    [otherKernels, otherBuilds].contains { warning.hasPrefix($0) }
  }
}
