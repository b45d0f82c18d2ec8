import Foundation

/// The regularised incomplete beta function I_x(a, b), in 0...1, for x in 0...1 and positive a and b.
///
/// The continued fraction DLMF 8.17.22 (dlmf.nist.gov), evaluated by Lentz's method as modified by Thompson and
/// Barnett 1986, and the reflection I_x(a, b) = 1 − I_{1−x}(b, a) where the fraction converges slowly.
package func regularisedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  precondition(a > 0 && b > 0, "the parameters of the beta function are positive")
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  guard x <= (a + 1) / (a + b + 2) else { return 1 - regularisedIncompleteBeta(1 - x, b, a) }
  let logarithm = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
  return exp(logarithm) / a * incompleteBetaFraction(x, a, b)
}

/// 1 / (1 + d_1 / (1 + d_2 / (1 + …))) with the coefficients d of DLMF 8.17.23.
private func incompleteBetaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  var fraction = 1.0
  var above = 1.0
  var below = 0.0
  // The fraction needs a number of terms of the order of the square root of the larger parameter.
  let terms = 200 + 20 * Int(min(max(a, b), 1e12).squareRoot())
  for index in 1...terms {
    let m = Double(index / 2)
    let numerator = index.isMultiple(of: 2) ? m * (b - m) * x : -(a + m) * (a + b + m) * x
    let coefficient = numerator / ((a + Double(index) - 1) * (a + Double(index)))
    above = awayFromZero(1 + coefficient / above)
    below = 1 / awayFromZero(1 + coefficient * below)
    fraction *= above * below
    if abs(above * below - 1) < 1e-16 { break }
  }
  return 1 / fraction
}

/// Lentz's method divides by partial sums, which may vanish.
private func awayFromZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }

/// ln Γ(x) for positive x.
func logGamma(_ x: Double) -> Double { lgamma(x) }
