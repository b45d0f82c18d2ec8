import Randomness
import Testing

@Suite struct GammaTests {
  /// Mean and variance of Γ(a) are a; of Beta(a, a) they are 1/2 and 1 / (4 (2a + 1)).
  @Test(arguments: [0.2, 0.4, 1, 2.5, 30])
  func moments(shape: Double) {
    var stream = RandomStream(seed: 2, purpose: "gamma")
    let count = 40_000
    func momentsOf(_ draw: () -> Double) -> (mean: Double, variance: Double) {
      var (sum, squares) = (0.0, 0.0)
      for _ in 0..<count {
        let value = draw()
        sum += value
        squares += value * value
      }
      let mean = sum / Double(count)
      return (mean, squares / Double(count) - mean * mean)
    }
    let gamma = momentsOf { stream.nextGamma(shape: shape) }
    #expect(abs(gamma.mean - shape) < 5 * (shape / Double(count)).squareRoot())
    #expect(abs(gamma.variance / shape - 1) < 0.1)
    let beta = momentsOf { stream.nextBeta(shape) }
    let variance = 1 / (4 * (2 * shape + 1))
    #expect(abs(beta.mean - 0.5) < 5 * (variance / Double(count)).squareRoot())
    #expect(abs(beta.variance / variance - 1) < 0.05)
  }

  @Test func betaStaysInItsRange() {
    var stream = RandomStream(seed: 3, purpose: "beta")
    for alpha in [1e-3, 0.05, 1, 1000] {
      for _ in 0..<2000 { #expect((0...1).contains(stream.nextBeta(alpha))) }
    }
  }
}
