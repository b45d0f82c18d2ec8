internal import Metrics
internal import Randomness
package import Reports

extension ColumnTable {
  /// The rank and product-moment correlations of pairs of columns (`cas correlate`), over the rows that both have.
  ///
  /// - Parameter names: the columns to correlate with each other; empty for all.
  /// - Throws: `UsageError` for a column that does not exist, or where there are not two.
  package func correlations(_ names: [String]) throws -> [CorrelationEntry] {
    let known = columns.map(\.name)
    // Commas between the names are what other options take.
    let names = names.flatMap { name in
      known.contains(name) ? [name] : name.split(separator: ",").map(String.init)
    }
    for name in names where !known.contains(name) {
      throw UsageError.unknownColumn(name, known: known)
    }
    let chosen = names.isEmpty ? columns : names.compactMap { name in columns.first { $0.name == name } }
    guard chosen.count > 1 else {
      throw UsageError.fewColumns(chosen.count)
    }
    return chosen.indices.flatMap { first in
      chosen[(first + 1)...].map { Self.entry(chosen[first], $0) }
    }
  }

  /// Why some columns have no correlation: each of them is constant, or has numbers in fewer than three rows.
  package func silences(_ names: [String]) -> [String] {
    columns.filter { names.isEmpty || names.contains($0.name) }.compactMap { column in
      let values = column.values.compactMap { $0 }
      if values.count < 3 {
        return "\(column.name) has numbers in \(values.count.counted("row", "rows")), and correlations need three."
      }
      return values.min() == values.max() ? "\(column.name) is the same in every row, and goes with nothing." : nil
    }
  }

  /// Of Top-1 with each metric of a report, over its sets of samples; nil for fewer than four sets with one.
  static func correlations(in report: Report) -> [CorrelationEntry]? {
    let table = ColumnTable(reports: [("", report)])
    guard let top1 = table.columns.first(where: { $0.name == "top1" }) else { return nil }
    let names = report.metricNames
    let entries = table.columns.filter { names.contains($0.name) }.map { entry(top1, $0) }.filter { $0.rows >= 4 }
    return entries.isEmpty ? nil : entries
  }

  private static func entry(_ first: Column, _ second: Column) -> CorrelationEntry {
    let pairs = zip(first.values, second.values).compactMap { x, y in x.flatMap { x in y.map { (x, $0) } } }
    func measured(_ measure: ([Double], [Double]) -> Correlation?) -> Correlation? {
      guard var found = measure(pairs.map(\.0), pairs.map(\.1)) else { return nil }
      found.interval = interval(pairs, found.value, measure)
      return found
    }
    return CorrelationEntry(
      first: first.name, second: second.name, rows: pairs.count, kendall: measured(Correlation.kendall),
      spearman: measured(Correlation.spearman), pearson: measured(Correlation.pearson))
  }

  /// The 95 % interval over generators: what other generators of the same kind might have given. Nil for fewer than five
  /// rows, and where every resample agrees, as it does if all rows are in order: that no resample differs does not mean
  /// that no other generator would.
  private static func interval(
    _ pairs: [(Double, Double)], _ estimate: Double, _ measure: ([Double], [Double]) -> Correlation?
  ) -> Interval? {
    guard pairs.count >= 5 else { return nil }
    func coefficient(_ indices: [Int]) -> Double {
      measure(indices.map { pairs[$0].0 }, indices.map { pairs[$0].1 })?.value ?? .nan
    }
    let all = Array(pairs.indices)
    let distribution = BootstrapDistribution(
      count: pairs.count, resamples: PairedComparison.resamples,
      stream: RandomStream(seed: 0, purpose: "correlation bootstrap"), estimate: estimate, statistic: coefficient)
    let jackknife = all.map { left in coefficient(all.filter { $0 != left }) }
    return distribution.acceleratedInterval(jackknife: [jackknife.filter(\.isFinite)])
      .flatMap { $0.high > $0.low ? $0 : nil }
  }
}
