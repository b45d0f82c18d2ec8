package import Randomness

/// The grouped jackknife: the estimates without each of some equal parts of the data.
///
/// Quenouille 1956 and Tukey 1958; the variance (G − 1) / G · Σ (θ₋g − θ̄)² for each of several independent samples, added
/// up (Shao and Tu 1995, "The Jackknife and Bootstrap", sections 2.3 and 3.2). Drawback: with few
/// groups the variance is uncertain, which Student's quantile with G − 1 degrees of freedom takes into account.
package enum Jackknife {
  package static let groups = 20

  /// The group of each of `count` data, a seeded and equal division.
  package static func division(of count: Int, groups: Int = groups, stream: RandomStream) -> [Int] {
    var stream = stream
    var division = [Int](repeating: 0, count: count)
    for (place, index) in stream.permutation(of: count).enumerated() { division[index] = place % groups }
    return division
  }

  /// - Parameter samples: for each independent sample, the estimate without each of its groups.
  /// - Returns: nil if one of them has no two groups, because the others do not determine its part.
  package static func variance(_ samples: [[Double]]) -> Double? {
    guard !samples.isEmpty, samples.allSatisfy({ $0.count > 1 && $0.allSatisfy(\.isFinite) }) else { return nil }
    return samples.reduce(0) { sum, values in
      let n = Double(values.count)
      let mean = values.reduce(0, +) / n
      return sum + (n - 1) / n * values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
  }

  /// The 95 % interval around an estimate; nil if a replicate is missing.
  package static func interval(_ estimate: Double, _ samples: [[Double]]) -> Interval? {
    guard let variance = variance(samples), let fewest = samples.map(\.count).min() else { return nil }
    let half = studentQuantile(confidence: 0.95, degrees: fewest - 1) * variance.squareRoot()
    return Interval(low: estimate - half, high: estimate + half)
  }
}

extension Interval {
  /// The 95 % interval of a normal estimate with this standard error.
  package static func normal(_ estimate: Double, standardError: Double) -> Interval? {
    guard standardError.isFinite, standardError >= 0 else { return nil }
    let half = 1.959963984540054 * standardError
    return Interval(low: estimate - half, high: estimate + half)
  }

  /// The interval clipped to the range of the quantity.
  package func clamped(from least: Double, to most: Double = .infinity) -> Interval {
    Interval(low: min(max(low, least), most), high: min(max(high, least), most))
  }
}
