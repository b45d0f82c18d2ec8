/// The value t for which a Student variable T with `degrees` of freedom has P(|T| ≤ t) = `confidence`.
///
/// From P(|T| ≤ t) = I_y(1/2, ν/2) with y = t² / (ν + t²) (DLMF 8.17, Abramowitz and Stegun 26.7.1), solved for y by
/// bisection down to neighbouring numbers.
package func studentQuantile(confidence: Double, degrees: Int) -> Double {
  precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
  precondition(degrees > 0, "Student's distribution needs at least one degree of freedom")
  let nu = Double(degrees)
  var low = 0.0
  var high = 1.0
  while true {
    let middle = low + (high - low) / 2
    guard middle > low, middle < high else { break }
    if regularisedIncompleteBeta(middle, 0.5, nu / 2) < confidence { low = middle } else { high = middle }
  }
  return (nu * low / (1 - low)).squareRoot()
}

extension Interval {
  /// The 95 % Student interval of the mean of `values`, one per seed: how much another set of seeds could differ.
  ///
  /// Nil for fewer than two values or if one of them is not finite. Not clipped to 0 and 1: two seeds can give an
  /// interval that is wider than the range of an accuracy.
  package static func student(_ values: [Double]) -> Interval? {
    guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
    let (mean, variance) = moments(values)
    let error = (variance / Double(values.count)).squareRoot()
    let half = studentQuantile(confidence: 0.95, degrees: values.count - 1) * error
    return Interval(low: mean - half, high: mean + half)
  }
}

/// The mean and the unbiased variance of two values or more.
func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
}
