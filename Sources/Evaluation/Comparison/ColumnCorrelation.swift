internal import Metrics
internal import Randomness
package import Reports

extension ColumnTable {
  /// The rank and product-moment correlations of pairs of columns (`cas correlate`), over the rows that both have.
  ///
  /// - Parameter names: the columns to correlate with each other; empty for all.
  /// - Throws: `UsageError.message` for a column that does not exist, or where there are not two.
  package func correlations(_ names: [String]) throws -> [CorrelationEntry] {
    for name in names where !columns.contains(where: { $0.name == name }) {
      let known = columns.map(\.name)
      let nearest = Spelling.nearest(to: name, in: known).map { " Did you mean \($0)?" } ?? ""
      throw UsageError.message(
        "There is no column \(name).\(nearest) The columns are \(known.joined(separator: ", ")).")
    }
    let chosen = names.isEmpty ? columns : names.compactMap { name in columns.first { $0.name == name } }
    guard chosen.count > 1 else { throw UsageError.message("A correlation needs two columns, and there is one.") }
    return chosen.indices.flatMap { first in
      chosen[(first + 1)...].map { Self.entry(chosen[first], $0) }
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
    func measured(_ measure: ([Double], [Double]) -> Correlation?) -> CorrelationEntry.Measure? {
      measure(pairs.map(\.0), pairs.map(\.1)).map { estimate in
        CorrelationEntry.Measure(
          value: estimate.coefficient, interval: interval(pairs, estimate.coefficient, measure).flatMap(Bounds.init),
          pValue: estimate.pValue)
      }
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
      measure(indices.map { pairs[$0].0 }, indices.map { pairs[$0].1 })?.coefficient ?? .nan
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
