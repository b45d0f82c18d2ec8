import Foundation

/// Logarithms of masses of the standard normal distribution, accurate in the tails.
package enum NormalMass {
  private static let rootHalf = 0.5.squareRoot()
  /// Below it Φ is so small that its asymptotic series has all digits of a double.
  private static let tail = -20.0

  /// ln Φ(x).
  package static func logCumulative(_ x: Double) -> Double {
    guard x < tail else { return x > 5 ? log1p(-0.5 * erfc(x * rootHalf)) : log(0.5 * erfc(-x * rootHalf)) }
    // Abramowitz and Stegun 26.2.12: the terms fall until the tenth at least.
    let inverse = 1 / (x * x)
    var (term, sum) = (1.0, 1.0)
    for order in 1...8 {
      term *= -Double(2 * order - 1) * inverse
      sum += term
    }
    return -0.5 * x * x - log(-x) - 0.918_938_533_204_672_7 + log(sum)
  }

  /// ln(Φ(z + half) − Φ(z − half)) for a positive half width.
  static func log(around z: Double, half: Double) -> Double {
    // The tail on the left has the digits.
    let z = -abs(z)
    let (low, high) = (z - half, z + half)
    if low > tail {
      let mass = 0.5 * (erfc(-high * rootHalf) - erfc(-low * rootHalf))
      return Foundation.log(mass)
    }
    let (below, above) = (logCumulative(low), logCumulative(high))
    return above + log1p(-exp(below - above))
  }

  private static func log(_ x: Double) -> Double { Foundation.log(x) }

  /// ln of the probability of level `level` of `levels` where the pixel's normal distribution has its mean `z` standard
  /// deviations below the level, and a level is 2 `half` standard deviations wide. The lowest level takes all that is
  /// below it, the highest all that is above.
  package static func log(level: UInt8, of levels: Int, z: Double, half: Double) -> Double {
    if level == 0 { return logCumulative(z + half) }
    if Int(level) == levels - 1 { return logCumulative(half - z) }
    return log(around: z, half: half)
  }
}
