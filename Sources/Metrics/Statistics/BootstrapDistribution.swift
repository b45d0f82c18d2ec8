package import Randomness

/// The variation of a statistic over samples from the same source: its values on resamples of the data.
package struct BootstrapDistribution: Sendable, Equatable {
  /// The statistic of the data.
  package let estimate: Double
  /// The statistic of each resample, ascending.
  package let replicates: [Double]

  package init(estimate: Double, replicates: [Double]) {
    self.estimate = estimate
    self.replicates = replicates.sorted()
  }

  /// Draws `count` of `0..<count` with replacement, `resamples` times, and computes the statistic of each draw.
  ///
  /// Resample r draws from part r of the stream, so it does not depend on the number of resamples.
  /// - Parameter statistic: of the data with these indices; values that are not finite are left out.
  package init(
    count: Int, resamples: Int, stream: RandomStream, estimate: Double, statistic: ([Int]) -> Double
  ) {
    precondition(count > 0 && resamples > 0, "a bootstrap needs data and resamples")
    var replicates: [Double] = []
    replicates.reserveCapacity(resamples)
    var indices = [Int](repeating: 0, count: count)
    for resample in 0..<resamples {
      var part = stream.split(resample)
      for place in 0..<count { indices[place] = part.nextInteger(below: count) }
      let value = statistic(indices)
      if value.isFinite { replicates.append(value) }
    }
    self.init(estimate: estimate, replicates: replicates)
  }
}

extension BootstrapDistribution {
  /// The middle `confidence` of the replicates; nil without any.
  ///
  /// Efron 1979, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1). Simple, and too narrow
  /// for skewed statistics of few data.
  package func percentileInterval(confidence: Double = 0.95) -> Interval? {
    let tail = (1 - confidence) / 2
    guard let low = quantile(tail), let high = quantile(1 - tail) else { return nil }
    return Interval(low: low, high: high)
  }

  /// The bias-corrected and accelerated interval, second-order accurate; the percentile interval if the replicates do not
  /// vary around the estimate.
  ///
  /// Efron 1987, "Better Bootstrap Confidence Intervals", JASA 82, with the acceleration of several independent samples
  /// as in Efron and Tibshirani 1993, section 14.3.
  /// - Parameter jackknife: for each independent sample the statistic without each of its data.
  package func acceleratedInterval(jackknife: [[Double]], confidence: Double = 0.95) -> Interval? {
    guard !replicates.isEmpty else { return nil }
    let below = Double(replicates.count { $0 < estimate })
    let equal = Double(replicates.count { $0 == estimate })
    let bias = NormalDistribution.quantile((below + equal / 2) / Double(replicates.count))
    guard bias.isFinite else { return percentileInterval(confidence: confidence) }
    let acceleration = Self.acceleration(jackknife)
    let tail = NormalDistribution.quantile((1 - confidence) / 2)
    func level(_ z: Double) -> Double {
      NormalDistribution.cumulative(bias + (bias + z) / (1 - acceleration * (bias + z)))
    }
    guard let low = quantile(level(tail)), let high = quantile(level(-tail)) else { return nil }
    return Interval(low: low, high: high)
  }

  /// The value below which the share `level` of the replicates lies, interpolated between neighbours.
  package func quantile(_ level: Double) -> Double? {
    guard let last = replicates.indices.last, level.isFinite else { return nil }
    let place = min(max(level, 0), 1) * Double(last)
    let index = min(Int(place), max(last - 1, 0))
    let next = replicates[min(index + 1, last)]
    return replicates[index] + (next - replicates[index]) * (place - Double(index))
  }

  /// A sixth of the skewness of the influence of single data, summed over the samples.
  private static func acceleration(_ jackknife: [[Double]]) -> Double {
    var cubes = 0.0
    var squares = 0.0
    for values in jackknife where values.count > 1 {
      let n = Double(values.count)
      let mean = values.reduce(0, +) / n
      for value in values {
        let influence = (n - 1) * (mean - value)
        cubes += influence * influence * influence / (n * n * n)
        squares += influence * influence / (n * n)
      }
    }
    return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }
}
