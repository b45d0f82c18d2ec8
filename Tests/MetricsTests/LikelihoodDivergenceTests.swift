import Foundation
import Metrics
import Randomness
import Testing

/// Divergences between Gaussians, whose true values are known.
@Suite struct LikelihoodDivergenceTests {
  /// Independent normal variables.
  private struct Gaussian {
    var mean: [Double]
    var deviation: [Double]

    func logDensity(_ x: [Double]) -> Double {
      zip(x, zip(mean, deviation)).reduce(0) { sum, term in
        let z = (term.0 - term.1.0) / term.1.1
        return sum - z * z / 2 - log(term.1.1) - log(2 * Double.pi) / 2
      }
    }

    func sample(_ stream: inout RandomStream) -> [Double] {
      zip(mean, deviation).map { $0 + $1 * Double(stream.nextNormal()) }
    }

    /// KL(self‖other) = Σ log(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²) / 2σ₂² − 1/2.
    func divergence(from other: Gaussian) -> Double {
      mean.indices.reduce(0) { sum, i in
        let distance = mean[i] - other.mean[i]
        let (own, others) = (deviation[i] * deviation[i], other.deviation[i] * other.deviation[i])
        return sum + log(others / own) / 2 + (own + distance * distance) / (2 * others) - 0.5
      }
    }
  }

  private let data = Gaussian(mean: [0, 1, -1, 0.5], deviation: [1, 2, 0.5, 1])
  private let model = Gaussian(mean: [0.3, 0.6, -1.1, 0.4], deviation: [1.2, 1.7, 0.6, 0.9])

  /// In both directions: the mean of 400 estimates is the divergence, and 93 to 97 % of the intervals hold it.
  @Test(arguments: [true, false]) func estimatesAreUnbiasedAndIntervalsCover(isReverse: Bool) throws {
    let (p, q) = isReverse ? (model, data) : (data, model)
    let truth = p.divergence(from: q)
    let found = try (0..<400).map { simulation in
      var stream = RandomStream(seed: 1, purpose: isReverse ? "reverse" : "forward").split(simulation)
      let images = (0..<100).map { _ in p.sample(&stream) }
      return try LikelihoodDivergence(own: images.map(p.logDensity), other: images.map(q.logDensity))
    }
    let mean = found.reduce(0) { $0 + $1.value } / 400
    let variance = found.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / 399
    #expect(abs(mean - truth) < 3 * (variance / 400).squareRoot())
    // The jackknife's variance is that of the estimates.
    let jackknife = found.reduce(0) { $0 + ($1.variance ?? 0) } / 400
    #expect(abs(jackknife / variance - 1) < 0.2)
    let covered = found.count { divergence in divergence.interval.map { $0.low <= truth && truth <= $0.high } ?? false }
    #expect((372...388).contains(covered), "\(covered) of 400")
  }

  /// The definition, term by term: leave-one-out means and (n − 1) / n · Σ (x̄₋ᵢ − x̄)².
  @Test func varianceIsTheJackknifes() throws {
    let own = [3.0, 1, 4, 1, 5, 9, 2, 6]
    let other = [2.0, 7, 1, 8, 2, 8, 1, 8]
    let ratios = zip(own, other).map { $0 - $1 }
    let n = Double(ratios.count)
    let without = ratios.map { (ratios.reduce(0, +) - $0) / (n - 1) }
    let found = try LikelihoodDivergence(own: own, other: other)
    #expect(found.value == ratios.reduce(0, +) / n)
    let variance = try #require(Jackknife.variance([without]))
    #expect(abs(try #require(found.variance) - variance) < 1e-14)
  }

  @Test func unitsAndImpossibleImages() throws {
    #expect(abs(LikelihoodDivergence.bitsPerDimension(784 * log(2.0), dimensions: 784) - 1) < 1e-15)
    let impossible = try LikelihoodDivergence(own: [-1, -2], other: [-3, -.infinity])
    #expect(impossible.value == .infinity && impossible.variance == nil && impossible.interval == nil)
    let single = try LikelihoodDivergence(own: [-1], other: [-3])
    #expect(single.value == 2 && single.interval == nil)
    #expect(throws: MetricError.notFinite(row: 1, column: 0)) {
      try LikelihoodDivergence(own: [0, -.infinity], other: [0, 0])
    }
    #expect(throws: MetricError.notFinite(row: 1, column: 1)) {
      try LikelihoodDivergence(own: [0, 0], other: [0, .nan])
    }
    #expect(throws: MetricError.self) { try LikelihoodDivergence(own: [], other: []) }
  }
}
