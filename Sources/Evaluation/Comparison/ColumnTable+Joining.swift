internal import Datasets
import Foundation
internal import Reports

extension ColumnTable {
  /// One table of several inputs: CSV files, folders of finished runs, documents of `cas metrics`. Rows are matched by
  /// name; a column's name begins with its input's where two inputs have one of that name.
  ///
  /// - Throws: `DataError.damaged`, `FileError`, and what `FinishedRun.report` throws.
  package init(inputs: [String]) throws {
    func isFolder(_ path: String) -> Bool {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
    let places = inputs.map { URL(filePath: $0).standardizedFileURL.path }
    if let twice = Self.firstRepeated(places) {
      throw UsageError.repeatedInput(twice)
    }
    let stems = inputs.filter { !isFolder($0) }.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
    let runs = inputs.filter(isFolder)
    var tables = runs.isEmpty ? [] : [(name: "runs", table: try ColumnTable(runs: runs))]
    for path in inputs where !isFolder(path) {
      let stem = URL(filePath: path).deletingPathExtension().lastPathComponent
      let name = stems.count { $0 == stem } == 1 ? stem : path
      let bytes = try InputFile.contents(of: path)
      let isDocument = bytes.first { !$0.isASCIISpace } == UInt8(ascii: "{")
      tables.append((name, try isDocument ? ColumnTable(metrics: bytes, path: path) : ColumnTable(csv: path)))
    }
    // Rows are found by their names in other tables.
    for (name, table) in tables where tables.count > 1 {
      if let twice = Self.firstRepeated(table.rows) {
        throw UsageError.repeatedRow(twice, table: name)
      }
    }
    self = Self.joined(tables)
  }

  /// The numbers of a document that `cas metrics --json` wrote, a row for each set of samples.
  private init(metrics bytes: [UInt8], path: String) throws {
    guard let document = try? JSONDecoder().decode(MetricsDocument.self, from: Data(bytes)),
      document.schemaVersion == DocumentSchema.version
    else { throw DataError.damaged(path, "it is no document of cas metrics --json and no CSV table") }
    let names = document.results.flatMap { $0.metrics.map(\.name) }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    rows = document.results.map(\.name)
    columns = names.map { name in
      Column(name: name, values: document.results.map { $0.metric(name)?.value })
    }
  }

  static func joined(_ tables: [(name: String, table: ColumnTable)]) -> ColumnTable {
    guard tables.count > 1 else { return tables.first?.table ?? ColumnTable(rows: [], columns: []) }
    let rows = tables.flatMap(\.table.rows).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    var notes = tables.flatMap(\.table.notes)
    let isDisjoint = rows.count == tables.reduce(0) { $0 + $1.table.rows.count }
    let names = tables.map { Set($0.table.columns.map(\.name)) }
    if isDisjoint, names.allSatisfy({ $0 == names[0] && !$0.isEmpty }) {
      notes.append("The inputs have the same columns and other rows: all rows are taken together.")
      let columns = tables[0].table.columns.map(\.name).map { name in
        Column(
          name: name,
          values: tables.flatMap { table in table.table.columns.first { $0.name == name }?.values ?? [] })
      }
      return ColumnTable(rows: rows, columns: columns, notes: notes)
    }
    let counts = tables.flatMap { $0.table.columns.map(\.name) }.reduce(into: [String: Int]()) {
      $0[$1, default: 0] += 1
    }
    let columns = tables.flatMap { name, table in
      table.columns.map { column in
        Column(
          name: counts[column.name, default: 0] > 1 ? "\(name):\(column.name)" : column.name,
          values: rows.map { row in table.rows.firstIndex(of: row).flatMap { column.values[$0] } })
      }
    }
    let single = rows.filter { row in tables.count { $0.table.rows.contains(row) } == 1 }
    if isDisjoint {
      notes.append("The inputs have no row name in common: a row is found by its name.")
    } else if !single.isEmpty {
      notes.append("Only one of the inputs has the \(single.count == 1 ? "row" : "rows") \(single.capped()).")
    }
    return ColumnTable(rows: rows, columns: columns, notes: notes)
  }
}

extension UInt8 {
  fileprivate var isASCIISpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
