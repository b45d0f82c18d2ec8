import Foundation

/// The exact two-sided p-value of McNemar's test: of `b + c` images that only one of two classifiers gets right,
/// `b` are correct for the first and `c` for the second.
///
/// min(1, 2 P(X ≤ min(b, c))) for X ~ Binomial(b + c, 1/2) (McNemar 1947, Psychometrika 12; the exact form is the sign
/// test). The largest term is computed as a logarithm and the others relative to it, so large counts do not overflow.
/// A value too small for a number is given as the smallest normal one: no p-value is 0.
package func exactMcNemar(_ b: Int, _ c: Int) -> Double {
  precondition(b >= 0 && c >= 0, "counts are not negative")
  let smaller = min(b, c)
  let n = b + c
  guard smaller < n - smaller else { return 1 }
  let logLargest =
    logGamma(Double(n) + 1) - logGamma(Double(smaller) + 1) - logGamma(Double(n - smaller) + 1)
    - Double(n) * log(2.0)
  var sum = 1.0
  var term = 1.0
  for k in stride(from: smaller, to: 0, by: -1) {
    term *= Double(k) / Double(n - k + 1)
    sum += term
    if term < sum * 1e-18 { break }
  }
  return min(1, max(.leastNormalMagnitude, 2 * exp(logLargest + log(sum))))
}
