/// Adjusts p-values so that the expected fraction of false positives among those below α is below α. Same order as the
/// input; a weaker guarantee than Holm's, with more power.
///
/// Benjamini and Hochberg 1995, "Controlling the False Discovery Rate", JRSS B 57(1): the i-th smallest of m becomes
/// min over j ≥ i of min(1, m p_j / j), for tests that are independent or positively dependent. NaN counts as 1.
package func benjaminiHochbergAdjusted(_ pValues: [Double]) -> [Double] {
  let values = pValues.map { $0.isNaN ? 1 : $0 }
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var adjusted = [Double](repeating: 1, count: values.count)
  var least = 1.0
  for (rank, index) in order.enumerated().reversed() {
    least = min(least, Double(values.count) * values[index] / Double(rank + 1))
    adjusted[index] = least
  }
  return adjusted
}
