package import Metrics

/// A comma-separated text with quoting as in RFC 4180; lines end with a single newline, so that line tools can read it.
package struct CSV: Sendable, Equatable {
  package private(set) var text = ""

  package init(header: [String]) { append(header) }

  /// Adds one line.
  package mutating func append(_ fields: [String]) {
    text += fields.map(Self.quoted).joined(separator: ",") + "\n"
  }

  /// A field in quotes where it holds a comma, a quote or a line break, with its quotes doubled.
  static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}

extension CSV {
  /// `per_class.csv`: a line for every class of every result, in class order, GAN-tests last; empty where there is no
  /// number. No two lines have the same `row`: keys hold no slash.
  package static func perClass(of report: Report) -> CSV {
    var csv = CSV(header: [
      "key", "result", "kind", "fraction_added", "class", "support", "top1", "top1_low", "top1_high", "top5",
      "baseline_top1", "difference", "adjusted_p", "confused_with_1", "confused_count_1", "confused_with_2",
      "confused_count_2", "confused_with_3", "confused_count_3", "augmentation", "size", "adjusted_seed_p",
      "has_training_images", "row",
    ])
    for result in report.results.filter({ $0.kind != .ganTest }) + report.results.filter({ $0.kind == .ganTest }) {
      let untrained = report.untrained(of: result)
      for entry in result.perClass {
        let confusions = (0..<3).flatMap { place -> [String] in
          guard place < entry.confusedWith.count else { return ["", ""] }
          return [entry.confusedWith[place].name, String(entry.confusedWith[place].count)]
        }
        csv.append(
          [
            result.key, result.name, result.kind.rawValue, number(result.fractionAdded), entry.name,
            String(entry.support),
            number(entry.top1), number(entry.interval?.low), number(entry.interval?.high), number(entry.top5),
            number(entry.baselineTop1), number(entry.difference), number(entry.adjustedP),
          ] + confusions + [
            result.augmentation ?? "", result.size.map { "\($0)" } ?? "", number(entry.adjustedSeedP),
            untrained.contains(entry.name) ? "0" : "1", "\(result.key)/\(entry.name)",
          ])
      }
    }
    return csv
  }

  /// `confusion.csv`: a line for every pair of classes that was predicted at least once.
  /// - Parameter confusions: by the key of their results.
  package static func confusion(of report: Report, _ confusions: [String: ConfusionMatrix]) -> CSV {
    var csv = CSV(header: ["key", "true", "predicted", "count"])
    for key in report.results.map(\.key) {
      guard let matrix = confusions[key] else { continue }
      for cell in matrix.cells {
        csv.append([key, matrix.classNames[cell.label], matrix.classNames[cell.predicted], String(cell.count)])
      }
    }
    return csv
  }

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
