package import Metrics

/// How the results of a run stand to thresholds (`cas check`); the machine and the data are the run's.
package typealias CheckDocument = AttributedDocument<CheckFindings, MachineDescription, DataSection>

package struct CheckFindings: Codable, Sendable, Equatable {
  /// One result and one threshold.
  package struct Check: Codable, Sendable, Equatable {
    package var result: String
    /// `top1`, `top5`, `drop`, `difference` or `class top1`.
    package var what: String
    package var threshold: Double
    package var value: Double
    /// Whether the value must reach the threshold; otherwise it must not exceed it.
    package var isAtLeast: Bool
    package var holds: Bool
    /// The class that the value is of.
    @ExplicitNull package var note: String?

    package init(
      result: String, what: String, threshold: Double, value: Double, isAtLeast: Bool, holds: Bool, note: String?
    ) {
      self.result = result
      self.what = what
      self.threshold = threshold
      self.value = value
      self.isAtLeast = isAtLeast
      self.holds = holds
      self.note = note
    }
  }

  package var run: String
  /// Classes that a checked result's training set lacks.
  package var warnings: [String]
  package var results: [Check]

  package init(run: String, checks: [Check], warnings: [String]) {
    self.run = run
    self.warnings = warnings
    results = checks
  }
}

extension CheckFindings.Check {
  /// Value and threshold with as many digits as tell them apart, two at least.
  fileprivate var numbers: (String, String) {
    func texts(_ decimals: Int) -> (String, String) {
      (NumberText.percent(value, decimals: decimals), NumberText.percent(threshold, decimals: decimals))
    }
    let decimals = value == threshold ? 2 : (2...8).first { texts($0).0 != texts($0).1 } ?? 8
    return texts(decimals)
  }
}

extension CheckFindings {
  package var holds: Bool { results.allSatisfy(\.holds) }

  /// A line for each check, and the outcome.
  package var text: String {
    let lines = results.map { check in
      let relation = check.isAtLeast ? "at least" : "at most"
      let note = check.note.map { " (\($0.printable))" } ?? ""
      let (value, threshold) = check.numbers
      return
        "\(check.holds ? "ok    " : "FAILED")  \(check.result.printable): \(check.what)\(note) is \(value), \(relation) "
        + threshold
    }
    let failed = results.count { !$0.holds }
    let outcome =
      failed == 0
      ? results.count == 1 ? "The threshold holds." : "All \(results.count) thresholds hold."
      : "\(failed) of \(NumberText.count(results.count, "threshold", "thresholds")) missed."
    let notes = warnings.map { "note: \($0)." }
    return (lines + notes + [outcome]).map { $0 + "\n" }.joined().replacing("\u{A0}", with: " ")
  }
}
