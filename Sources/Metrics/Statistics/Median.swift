/// The middle one of some numbers, or the mean of the middle two; at least one number.
package func median(_ values: [Double]) -> Double {
  precondition(!values.isEmpty, "a median is of one number at least")
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
