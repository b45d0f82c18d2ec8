internal import Metrics

/// A run in two sentences, from the numbers of its report alone.
package struct Verdict: Sendable, Equatable {
  /// How accurate, and how much less so than with real images.
  package let score: String
  /// What it means for the classes; for a curve, what an image is worth.
  package let classes: String

  package init(of report: Report) {
    let results = report.mainResults.filter { $0.top1 != nil }
    if results.isEmpty {
      score = "Nothing was tested, so there is no score."
      classes = "Check that the test set holds images."
    } else if let curves = report.curves, !curves.isEmpty {
      score = Self.ends(of: curves)
      classes = Self.worths(of: curves)
    } else if results.count > 1, results.contains(where: { $0.kind == .nas && $0.difference != nil }) {
      score = Self.gains(of: results.filter { $0.kind == .nas && $0.difference != nil })
      classes = Self.classes(of: results)
    } else if results.count == 1 {
      score = Self.score(of: results[0], baseline: report.baseline(of: results[0]))
      classes = Self.classes(of: results[0])
    } else {
      score = Self.ranking(of: results, baselines: results.compactMap { report.baseline(of: $0)?.top1?.value })
      classes = Self.classes(of: results)
    }
  }
}

extension Verdict {
  private static func score(of result: ResultEntry, baseline: ResultEntry?) -> String {
    guard let top1 = result.top1 else { return "\(result.name.printable) was not tested, so it has no score." }
    let tested = result.kind == .ganTest ? "of its samples" : "of the \(count(result.testImages, "real test image"))"
    let range = "(Top-1; 95 % interval \(NumberText.range(top1.interval, decimals: 2)))"
    var text = "\(subject(of: result)) recognises \(NumberText.percent(top1.value, decimals: 2)) \(tested) \(range)"
    guard let baseline, let reference = baseline.top1 else { return text + "." }
    text +=
      "; \(reminder(of: baseline, beside: result)) it recognises \(NumberText.percent(reference.value, decimals: 2))"
    guard let drop = result.relativeDrop?.top1 else { return text + "." }
    return text + (drop < 0 ? ", a relative gain of " : ", a relative drop of ")
      + "\(NumberText.percent(abs(drop), decimals: 1))."
  }

  /// What was trained, as the start of a sentence.
  private static func subject(of result: ResultEntry) -> String {
    let name = result.name.printable
    let images = result.training.map { NumberText.grouped($0.trainingImages) + " " } ?? ""
    switch result.kind {
    case .cas: return "A classifier trained only on \(images)samples of \(name)"
    case .baseline: return "A classifier trained on \(images)real images"
    case .nas:
      let added = result.fractionAdded.map { "\(NumberText.percent($0, decimals: 0)) as many" } ?? "additional"
      return "A classifier trained on the real training images and \(added) samples of \(name)"
    case .ganTest: return "A classifier trained on real images and tested on \(name)"
    case .evaluation: return "The classifier \(name)"
    }
  }

  /// What the baseline was trained on, as much as differs from the result.
  private static func reminder(of baseline: ResultEntry, beside result: ResultEntry) -> String {
    guard let own = baseline.training, let other = result.training else { return "trained on real images" }
    let images =
      own.trainingImages == other.trainingImages
      ? "as many real images" : count(own.trainingImages, "real image")
    let steps = own.steps == other.steps ? "for as many steps" : "for \(count(own.steps, "step"))"
    return "trained on \(images) \(steps)"
  }

  private static func classes(of result: ResultEntry) -> String {
    guard let worst = result.worstFirst.first, worst.top1 != nil else { return "No class was tested." }
    let name = worst.name.printable
    let own = NumberText.percent(worst.top1, decimals: 1)
    guard worst.difference != nil else {
      let reason = result.kind == .cas || result.kind == .nas ? "There is no baseline to compare with; the" : "The"
      return "\(reason) weakest of \(count(result.perClass.count, "class", "classes")) is \(name) (\(own))."
    }
    let against = "\(own) instead of \(NumberText.percent(worst.baselineTop1, decimals: 1))"
    let failed = result.failedClasses.count
    let reference = Self.reference(of: [result])
    let total = count(result.perClass.count, "class", "classes")
    switch failed {
    case 0 where (worst.difference ?? 0) < 0:
      return "None of \(total) is significantly worse than with \(reference); \(name) loses most (\(against))."
    case 0: return "None of \(total) is worse than with \(reference)."
    case 1: return "1 of \(total) is significantly worse than with \(reference): \(lead(result.worstFailed) ?? name)."
    default:
      return "\(failed) of \(total) are significantly worse than with \(reference), most of all "
        + "\(lead(result.worstFailed) ?? name)."
    }
  }

  /// "shirt (23.1 % instead of 61.0 %)".
  private static func lead(_ entry: ClassScore?) -> String? {
    entry.map {
      "\($0.name.printable) (\(NumberText.percent($0.top1, decimals: 1)) instead of "
        + "\(NumberText.percent($0.baselineTop1, decimals: 1)))"
    }
  }

  private static func ranking(of results: [ResultEntry], baselines: [Double]) -> String {
    let ranked = results.enumerated().sorted {
      (-($0.element.top1?.value ?? 0), $0.offset) < (-($1.element.top1?.value ?? 0), $1.offset)
    }.map(\.element)
    let best = ranked[0]
    let last = ranked[ranked.count - 1]
    let text =
      "Of \(results.count) results, \(best.label) has the highest Top-1 accuracy on "
      + "\(count(best.testImages, "test image")), \(NumberText.percent(best.top1?.value, decimals: 2)) (95 % interval "
      + "\(NumberText.range(best.top1?.interval, decimals: 2))), and \(last.label) the lowest, "
      + NumberText.percent(last.top1?.value, decimals: 2)
    guard let least = baselines.min(), let most = baselines.max() else { return text + "." }
    // Sets of other sizes have baselines of their own.
    let range = least == most ? "" : "\(NumberText.hundredths(least, decimals: 2)) to "
    return text + "; training on real images gives \(range)\(NumberText.percent(most, decimals: 2))."
  }

  private static func classes(of results: [ResultEntry]) -> String {
    let compared = results.filter { $0.perClass.contains { $0.difference != nil } }
    guard !compared.isEmpty else { return "There is no baseline to compare the classes with." }
    guard compared.count <= mostNamed, compared.contains(where: { !$0.failedClasses.isEmpty }) else {
      return summary(of: compared)
    }
    let worse = compared.filter { !$0.failedClasses.isEmpty }
    let list = listed(
      worse.map { "\($0.label) in \($0.failedClasses.count) of \(count($0.perClass.count, "class", "classes"))" })
    let others = compared.filter(\.failedClasses.isEmpty).map(\.label)
    let none = others.isEmpty ? "" : "; \(listed(others)) in none"
    return "Significantly worse than \(reference(of: results)): \(list)\(none)."
  }

  /// What the classes of these results are compared with.
  private static func reference(of results: [ResultEntry]) -> String {
    results.allSatisfy { $0.kind == .nas } ? "real images alone" : "real images"
  }

  /// More results than this are counted instead of listed.
  private static let mostNamed = 6

  private static func summary(of results: [ResultEntry]) -> String {
    let worse = results.filter { !$0.failedClasses.isEmpty }
    guard let worst = worse.max(by: { $0.failedClasses.count < $1.failedClasses.count }) else {
      return "None of \(results.count) results is significantly worse than \(reference(of: results)) in any class."
    }
    let verb = worse.count == 1 ? "is" : "are"
    let head =
      "\(worse.count) of \(results.count) results \(verb) significantly worse than \(reference(of: results)) in at "
      + "least one class"
    let share = "in \(worst.failedClasses.count) of \(worst.perClass.count)"
    let tied = worse.filter { $0.failedClasses.count == worst.failedClasses.count }
    // Among sets that are worse in as many classes the one that loses most is named.
    guard tied.count > 1, let lowest = tied.min(by: { loss($0) < loss($1) }) else {
      return "\(head), most of all \(worst.label) \(share)."
    }
    let subject = tied.count == results.count ? "all of them" : "\(tied.count) of them"
    return "\(head), \(subject) \(share), of which \(lowest.label) loses most "
      + "(Top-1 \(NumberText.percent(lowest.top1?.value, decimals: 1)))."
  }

  /// What a result gains on its baseline, as far as it is known; lower is worse.
  private static func loss(_ result: ResultEntry) -> Double {
    result.difference?.value ?? result.relativeDrop?.top1.map { -$0 } ?? result.top1?.value ?? 0
  }

  /// "a, b and c".
  static func listed(_ parts: [String]) -> String {
    parts.count < 2 ? parts.first ?? "" : "\(parts.dropLast().joined(separator: ", ")) and \(parts[parts.count - 1])"
  }

  private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    NumberText.count(number, one, many ?? one + "s")
  }
}

extension ResultEntry {
  /// The name, with what several results of one set differ by.
  var label: String {
    if kind == .baseline, variant.augmentation != nil || variant.size != nil { return name.printable }
    return name.printable + (variant.fractionAdded.map { " +\(NumberText.percent($0, decimals: 0))" } ?? "")
      + (variant.augmentation.map { " \($0.printable)" } ?? "")
      + (variant.size.map { " @\(NumberText.grouped($0))" } ?? "")
  }

  fileprivate var worstFailed: ClassScore? { worstFirst.first(where: \.isSignificantlyWorse) }
}
