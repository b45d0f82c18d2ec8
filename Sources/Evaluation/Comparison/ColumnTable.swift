internal import Datasets
import Foundation
internal import Reports

/// Numbers of several generators: a row per generator, a column per metric, and gaps for unknown values.
package struct ColumnTable: Equatable, Sendable {
  package let rows: [String]
  package let columns: [Column]
  /// Notes about how the numbers were read.
  package var notes: [String] = []

  package struct Column: Equatable, Sendable {
    package let name: String
    package let values: [Double?]
  }
}

extension ColumnTable {
  /// Reads a CSV file (RFC 4180) with a header line; its first column names the rows, fields that are no numbers are
  /// gaps.
  ///
  /// - Throws: `DataError.damaged` with the line, `FileError`.
  package init(csv path: String) throws {
    guard let text = String(validating: try InputFile.contents(of: path), as: UTF8.self) else {
      throw DataError.damaged(path, "it is not text")
    }
    let (lines, isWhole) = Self.fields(text)
    guard isWhole else { throw DataError.damaged(path, "a quoted field does not end") }
    let header = (lines.first?.fields ?? []).map { $0.trimmingCharacters(in: .whitespaces) }
    guard header.count > 1 else {
      let other = [(";", "semicolons"), ("\t", "tabs")].first { header.first?.contains($0.0) == true }
      throw DataError.damaged(
        path,
        "line \(lines.first?.number ?? 1): a header with a name column and one more is needed"
          + (other.map { ", with commas between its fields instead of \($0.1)" } ?? ", with commas between its fields"))
    }
    for line in lines where line.fields.count != header.count {
      throw DataError.damaged(
        path, "line \(line.number): \(line.fields.count) fields where the header has \(header.count)")
    }
    let body = lines.dropFirst().map(\.fields)
    rows = body.map { $0[0].trimmingCharacters(in: .whitespaces) }
    if let twice = Self.firstRepeated(header.dropFirst()) {
      throw DataError.damaged(path, "there are two columns of the name \(twice)")
    }
    // A column of words only is not numeric.
    let isOfWords = header.indices.map { index in
      body.contains { !$0[index].isEmpty } && !body.contains { $0[index].contains(where: \.isNumber) }
    }
    columns = header.indices.dropFirst().filter { !isOfWords[$0] }.map { index in
      Column(
        name: header[index],
        values: body.map { row in
          Double(row[index].trimmingCharacters(in: .whitespaces)).flatMap { $0.isNaN ? nil : $0 }
        })
    }
    notes = header.indices.dropFirst().compactMap { index in
      let odd = body.map { $0[index].trimmingCharacters(in: .whitespaces) }
        .filter { Double($0) == nil && !Self.gaps.contains($0.lowercased()) && !isOfWords[index] }
      guard let example = odd.first else { return nil }
      return "\(path): \(odd.count.grouped) of \(body.count.counted("field", "fields")) of the column \(header[index]) "
        + "\(odd.count == 1 ? "is no number" : "are no numbers"), such as \(example.debugDescription), and count as gaps."
    }
  }

  /// What people write if there is no number.
  private static let gaps: Set = ["", "-", "–", "na", "n/a", "nan", "none", "null"]

  /// The results of finished runs, matched by their names: accuracies, scores, GAN-test and the value of a sweep's
  /// axis. With several runs a column's name begins with its run's, or with its path where
  /// names are equal.
  ///
  /// - Throws: what `FinishedRun.report` throws.
  package init(runs: [String]) throws {
    let names = runs.map { URL(filePath: $0).lastPathComponent }
    self.init(
      reports: try zip(runs, names).map { path, name in
        let isUnique = names.count { $0 == name } == 1
        let prefix = runs.count > 1 ? "\(isUnique ? name : path):" : ""
        return (prefix, try FinishedRun.report(of: RunFolder(path: path)))
      })
  }

  /// The results of reports; each one's columns begin with its prefix.
  init(reports: [(prefix: String, report: Report)]) {
    let keys = reports.flatMap { $0.report.mainResults.map(\.key) }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let metrics: [(name: String, value: (ResultEntry, Report) -> Double?)] = [
      ("top1", { result, _ in result.top1?.value }), ("top5", { result, _ in result.top5?.value }),
      ("drop", { result, _ in result.relativeDrop?.top1 }), ("brier", { result, _ in result.brier }),
      ("calibration", { result, _ in result.expectedCalibrationError }),
      ("gan-test", { $1.ganTest(of: $0)?.top1?.value }), ("axis", { result, _ in result.axis?.value }),
    ]
    rows = keys
    columns = reports.flatMap { prefix, report in
      metrics.map { metric in
        let axis = report.mainResults.compactMap(\.axis).first?.name ?? "axis"
        // An axis may be called as another column is.
        let isTaken = metrics.contains { $0.name == axis } || report.metricNames.contains(axis)
        let name = metric.name == "axis" ? (isTaken && axis != "axis" ? "axis \(axis)" : axis) : metric.name
        return Column(
          name: prefix + name,
          values: keys.map { key in
            report.mainResults.first { $0.key == key }.flatMap { metric.value($0, report) }
          })
      }
        + report.metricNames.map { name in
          Column(
            name: prefix + name,
            values: keys.map { key in
              report.mainResults.first { $0.key == key }?.metrics?.first { $0.name == name }?.value
            })
        }
    }.filter { $0.values.contains { $0 != nil } }
  }

  /// The first name that was there before.
  static func firstRepeated(_ names: some Sequence<String>) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
  }

  /// The fields of each line that is not empty, with the number of the line that it begins in; quoted ones may hold commas,
  /// doubled quotes and line breaks. Not whole where the last quote is not closed.
  private static func fields(_ text: String) -> (lines: [(number: Int, fields: [String])], isWhole: Bool) {
    var lines: [(number: Int, fields: [String])] = []
    var line: [String] = []
    var (number, begin) = (1, 1)
    var field = ""
    var isQuoted = false
    // Whether the character before closed a quoted part: a second quote is then one of the text.
    var hasClosed = false
    func endField() {
      line.append(field)
      field = ""
    }
    func endLine() {
      endField()
      if line != [""] { lines.append((begin, line)) }
      line = []
      begin = number
    }
    for character in text {
      if character.isNewline { number += 1 }
      let closedBefore = hasClosed
      hasClosed = false
      if isQuoted {
        if character == "\"" { (isQuoted, hasClosed) = (false, true) } else { field.append(character) }
      } else if character == "\"" {
        if closedBefore { field.append("\"") }
        isQuoted = true
      } else if character == "," {
        endField()
      } else if character.isNewline {
        endLine()
      } else {
        field.append(character)
      }
    }
    endLine()
    return (lines, !isQuoted)
  }
}
