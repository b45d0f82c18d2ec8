internal import Datasets
internal import Reports

// Differences between runs besides their training images: warnings, and errors that forbid a comparison.
extension RunComparison {
  /// - Throws: `UsageError` if the runs cannot be compared image by image, with the reason.
  static func requireSameImages(_ runs: [FinishedRun]) throws {
    let first = runs[0]
    for run in runs.dropFirst() {
      let (test, other) = (first.report.data.real.test, run.report.data.real.test)
      guard test.hash != other.hash || run.classNames != first.classNames else { continue }
      let read = differencesInReading(first, run)
      guard read.isEmpty else {
        throw UsageError.readDifferently(
          first.path, run.path, differences: read, isSamePath: test.path == other.path)
      }
      throw UsageError.otherImages(first.path, run.path, paths: [test.path, other.path])
    }
  }

  /// The settings that change the pixels of the same files, if both runs state them, and the sizes.
  private static func differencesInReading(_ first: FinishedRun, _ second: FinishedRun) -> [String] {
    func size(_ run: FinishedRun) -> String {
      let size = run.report.data.real.test.size
      return "\(size.width)x\(size.height)"
    }
    func setting(_ key: String, _ run: FinishedRun) -> String? {
      run.report.config.leaves.first { $0.path == key }.map { $0.text == "null" ? "not set" : $0.text }
    }
    var found = [(title: "size", values: (size(first), size(second)))]
    for key in ["input", "resize", "decode"] {
      guard let one = setting(key, first), let other = setting(key, second) else { continue }
      found.append((key, (one, other)))
    }
    return found.filter { $0.values.0 != $0.values.1 }.map { "\($0.title): \($0.values.0) and \($0.values.1)" }
  }

  /// Differences between the runs other than their training images.
  static func warnings(_ sides: [Side]) -> [String] {
    func differing(_ title: String, among chosen: [Side]? = nil, _ value: (FinishedRun) -> String) -> [String] {
      let compared = chosen ?? sides
      let values = compared.map { value($0.run) }
      guard Set(values).count > 1 else { return [] }
      let list = zip(compared, values).reduce(into: [(run: String, value: String)]()) { list, item in
        if !list.contains(where: { $0.run == item.0.run.path }) { list.append((item.0.run.path, item.1)) }
      }
      return ["The runs differ in \(title): " + list.map { "\($0.run) \($0.value)" }.joined(separator: ", ") + "."]
    }
    func setting(_ key: String) -> (FinishedRun) -> String {
      { run in run.report.config.leaves.first { $0.path == key }?.text ?? "unknown" }
    }
    var warnings = differing("precision") { $0.report.machine.precision ?? setting("precision")($0) }
    warnings += differing("kernels") {
      "\(setting("kernels")($0)), \($0.report.machine.instructionSet), \($0.report.machine.blasCore)"
    }
    warnings += differing("version", \.report.version)
    let keys = Set(sides.flatMap { $0.run.report.config.leaves.map(\.path) })
      .filter { !$0.hasPrefix("inputs") && !Self.saidElsewhere.contains($0) }
    for key in keys.sorted() { warnings += differing("the setting \(key)", setting(key)) }
    let augmented = sides.filter { $0.classifiers.result.kind == .nas }
    warnings += differing("how samples are added (--mix)", among: augmented) { run in
      run.report.results.first { $0.kind == .nas }?.mixing ?? "unknown"
    }
    let onReal = sides.filter { [.nas, .baseline].contains($0.classifiers.result.kind) }
    // Equal images may have different paths.
    if Set(onReal.map { $0.run.report.data.real.train?.hash }).count > 1 {
      warnings += differing("the real training images", among: onReal) { run in
        run.report.data.real.train.map { "\($0.path) (\($0.hash.prefix(12))…)" } ?? "none"
      }
    }
    if Set(sides.map { $0.classifiers.seeds }).count > 1 {
      warnings.append("The results have different seeds: those are compared without pairs of seeds.")
    }
    let steps = Set(sides.compactMap { $0.classifiers.result.training?.steps })
    if steps.count > 1 {
      let list = steps.sorted().map(String.init).joined(separator: ", ")
      warnings.append("The trainings took different numbers of steps: \(list).")
    }
    // Fractions and sizes differ because the study varies them.
    let plain = sides.map(\.classifiers.result).filter { $0.size == nil && ($0.fractionAdded ?? 0) == 0 }
    let images = Set(plain.compactMap { $0.training?.trainingImages })
    if images.count > 1 {
      let list = images.sorted().map(\.grouped).joined(separator: ", ")
      warnings.append("The training sets are not equally large: \(list) images.")
    }
    let runs = sides.map(\.run).reduce(into: [FinishedRun]()) { list, run in
      if !list.contains(where: { $0.path == run.path }) { list.append(run) }
    }
    for run in runs {
      let compared = sides.filter { $0.run.path == run.path }.map(\.classifiers.result.key)
      let own =
        run.report.missingNotices(of: compared).map { "\($0)." }
        + (run.report.warnings ?? []).filter(StudyRunner.isMixtureNote)
      warnings += own.map { runs.count > 1 ? "\(run.path): \($0)" : $0 }
    }
    return warnings
  }

  /// Settings that change no classifier of these, or have a warning of their own.
  private static let saidElsewhere: Set = [
    "seed", "seeds", "ganTest", "precision", "kernels", "baseline", "allowMissingClasses", "steps",
  ]
}
