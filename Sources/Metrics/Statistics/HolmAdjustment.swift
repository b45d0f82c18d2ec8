/// Adjusts p-values for the number of hypotheses tested together, so that comparing each with α keeps the probability
/// of any false positive below α. Same order as the input.
///
/// Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6(2):
/// the i-th smallest of m becomes max over j ≤ i of min(1, (m − j + 1) p_j). Values that are NaN count as 1.
package func holmAdjusted(_ pValues: [Double]) -> [Double] {
  let values = pValues.map { $0.isNaN ? 1 : $0 }
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var adjusted = [Double](repeating: 1, count: values.count)
  var largest = 0.0
  for (rank, index) in order.enumerated() {
    largest = max(largest, min(1, Double(values.count - rank) * values[index]))
    adjusted[index] = largest
  }
  return adjusted
}
