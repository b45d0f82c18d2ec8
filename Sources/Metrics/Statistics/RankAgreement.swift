package import Randomness

/// How alike two metrics order generators: Kendall's τ-b and Spearman's ρ with 95 % bootstrap intervals.
///
/// Resamples draw groups of points, such as all checkpoints of one training, because the points of a group are not
/// independent of one another. Intervals are percentiles; those of few groups are too narrow.
package struct RankAgreement: Sendable {
  /// For each point the number of its group.
  private let groups: [[Int]]
  private let resamples: [[Int]]

  package static let usualResamples = 1000
  /// With fewer groups there is no interval.
  package static let fewestGroups = 5

  /// - Parameter groups: of each point a number that it shares with the others of its group.
  package init(groups: [Int], resamples: Int = usualResamples, stream: RandomStream) {
    let members = groups.indices.reduce(into: [Int: [Int]]()) { $0[groups[$1], default: []].append($1) }
    let drawn = members.sorted { $0.key < $1.key }.map(\.value)
    self.groups = drawn
    self.resamples =
      drawn.count < Self.fewestGroups
      ? []
      : (0..<resamples).map { resample in
        var part = stream.split(resample)
        return drawn.indices.flatMap { _ in drawn[part.nextInteger(below: drawn.count)] }
      }
  }

  package enum Measure: Sendable { case kendall, spearman }

  /// Over the points where both have a number; nil for fewer than three, or where one is constant. The interval is nil where
  /// every resample agrees, which does not mean certainty.
  package func correlation(_ first: [Double?], _ second: [Double?], by measure: Measure) -> Correlation? {
    func measured(_ points: some Sequence<Int>) -> Correlation? {
      var (x, y): ([Double], [Double]) = ([], [])
      for point in points {
        if let a = first[point], let b = second[point] {
          x.append(a)
          y.append(b)
        }
      }
      guard x.count > 2 else { return nil }
      return measure == .kendall ? Correlation.kendall(x, y) : Correlation.spearman(x, y)
    }
    guard var whole = measured(first.indices) else { return nil }
    let values = resamples.compactMap { measured($0)?.value }
    let interval = BootstrapDistribution(estimate: whole.value, replicates: values).percentileInterval()
    whole.interval = interval.flatMap { $0.high - $0.low > 1e-9 ? $0 : nil }
    return whole
  }
}

/// How much a metric orders generators otherwise than a reference does, such as their KL. Both are lower for better
/// generators.
package struct RankVolatility: Codable, Sendable, Equatable {
  /// Pairs whose references differ by at most the margin.
  package let nearPairs: Int
  /// The mean distance of the places that the metric gives to such a pair, as a share of the largest distance possible: near 0
  /// for a metric that puts equal generators side by side, 1/3 for one that knows nothing. Nil without pairs.
  @ExplicitNull package var shift: Double?
  /// Pairs whose references have intervals that do not meet.
  package let clearPairs: Int
  /// Those of them that the metric orders the other way round.
  package let flips: Int

  /// Two points that the metric orders contrary to the reference.
  package struct Flip: Sendable, Equatable {
    /// The better one by the reference.
    package let better: Int
    package let worse: Int
    /// Between their places by the metric, as a share of the largest distance possible.
    package let shift: Double

    package init(better: Int, worse: Int, shift: Double) {
      self.better = better
      self.worse = worse
      self.shift = shift
    }
  }
}

extension RankVolatility {
  /// - Parameters:
  ///   - metric: a number for each point, lower for better ones; points without one are left out.
  ///   - reference: the estimate and its interval.
  ///   - margin: at most so far apart are references that count as nearly equal.
  package init(metric: [Double?], reference: [(value: Double, interval: Interval?)], margin: Double) {
    let points = Self.points(metric, reference)
    let places = Self.places(metric, points)
    let longest = Double(max(points.count - 1, 1))
    var (near, clear, contrary) = (0, 0, 0)
    var sum = 0.0
    for (place, first) in points.enumerated() {
      for second in points[..<place] {
        let (a, b) = (reference[first], reference[second])
        let distance = (places[first] ?? 0) - (places[second] ?? 0)
        if abs(a.value - b.value) <= margin {
          near += 1
          sum += abs(distance) / longest
        }
        if let own = a.interval, let other = b.interval, own.high < other.low || other.high < own.low {
          clear += 1
          if distance * (a.value - b.value) < 0 { contrary += 1 }
        }
      }
    }
    nearPairs = near
    clearPairs = clear
    flips = contrary
    shift = near > 0 ? sum / Double(near) : nil
  }

  /// The nearly equal pairs that the metric orders contrary to the reference, those with the largest distance of places
  /// first.
  package static func flips(
    metric: [Double?], reference: [(value: Double, interval: Interval?)], margin: Double
  ) -> [Flip] {
    let points = points(metric, reference)
    let places = places(metric, points)
    let longest = Double(max(points.count - 1, 1))
    return points.flatMap { better in
      points.compactMap { worse -> Flip? in
        let gap = reference[worse].value - reference[better].value
        let distance = (places[better] ?? 0) - (places[worse] ?? 0)
        guard gap > 0, gap <= margin, distance > 0 else { return nil }
        return Flip(better: better, worse: worse, shift: distance / longest)
      }
    }.sorted { ($1.shift, $0.better, $0.worse) < ($0.shift, $1.better, $1.worse) }
  }

  private static func points(_ metric: [Double?], _ reference: [(value: Double, interval: Interval?)]) -> [Int] {
    metric.indices.filter { metric[$0] != nil && reference[$0].value.isFinite }
  }

  /// The place of each point by the metric, from 1 on; equal ones share theirs.
  private static func places(_ metric: [Double?], _ points: [Int]) -> [Int: Double] {
    Dictionary(uniqueKeysWithValues: zip(points, Correlation.ranks(points.compactMap { metric[$0] })))
  }
}
