/// The parameter that the synthetic sets of a sweep vary, such as truncation, and its value for each set.
package struct SweepAxis: Codable, Equatable, Sendable {
  package let name: String
  /// By the name of the set.
  package let values: [String: Double]
  /// The convention of the values; nil if not given.
  package let convention: String?
}

extension SweepAxis {
  /// The two conventions of a truncation threshold t. They are different distributions, and papers confuse them: for t > 1
  /// the second is wider than the normal distribution, and the first is almost unchanged.
  private static let truncations = [
    "resampled": "noise from N(0, 1), drawn again where it lies outside of ±2t",
    "scaled": "t times noise from N(0, 1), drawn again outside of ±2",
  ]

  /// Reads `--axis NAME=VALUE,…` (one value for each set, in their order) or `--axis NAME` (the number that each set's
  /// name ends in), and `--axis-convention`.
  ///
  /// - Throws: `UsageError`, which names the set that has no value.
  package init(parsing text: String, convention: String?, sets: [String]) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, !name.isEmpty else {
      throw UsageError.axisSyntax(text)
    }
    var values: [String: Double] = [:]
    if parts.count == 2 {
      let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard numbers.allSatisfy({ $0?.isFinite == true }) else {
        throw UsageError.axisWithoutNumbers(text)
      }
      guard numbers.count == sets.count else {
        throw UsageError.axisValues(text, count: numbers.count, sets: sets)
      }
      for (set, number) in zip(sets, numbers) { values[set] = number }
    } else {
      for set in sets {
        guard let number = Self.number(endOf: set) else {
          throw UsageError.nameWithoutNumber(set, axis: name)
        }
        values[set] = number
      }
    }
    if name == "truncation", let convention, Self.truncations[convention] == nil {
      throw UsageError.unknownConvention(convention, known: Self.truncations)
    }
    self.init(name: name, values: values, convention: convention)
  }

  /// The number at the end of a name: 0.3 of `cgan-trunc0.3`, 1 of `guided1`, 0.001 of `eta1e-3`.
  ///
  /// A minus sign or a dot right after a letter or a digit belongs to the name: `logsnr-2` ends in 2 and `logsnr_-2` in -2.
  static func number(endOf name: String) -> Double? {
    guard let found = name.firstMatch(of: #/([0-9.]+)([eE]-?[0-9]+)?$/#) else { return nil }
    func separates(after text: Substring) -> Bool { text.last.map { $0.isLetter || $0.isNumber } ?? false }
    let before = name[..<found.range.lowerBound]
    var digits = found.output.1
    while digits.last == "." { digits.removeLast() }
    if separates(after: before) { digits = digits.drop { $0 == "." } }
    let sign = before.last == "-" && !separates(after: before.dropLast()) ? "-" : ""
    return Double("\(sign)\(digits)\(found.output.2 ?? "")").flatMap { $0.isFinite ? $0 : nil }
  }

  /// The values that were read, as a sentence for the user.
  package func reading(of sets: [String]) -> String {
    func text(_ value: Double) -> String {
      value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
    return "axis \(name): "
      + sets.compactMap { set in values[set].map { "\(set) = \(text($0))" } }.joined(separator: ", ")
  }

  /// The warning about an axis with two conventions if none is given.
  package var note: String? {
    guard name == "truncation", convention == nil else { return nil }
    return "The truncation's convention is not recorded: say --axis-convention resampled or scaled."
  }
}
