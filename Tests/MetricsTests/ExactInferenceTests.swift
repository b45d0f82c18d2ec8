import Metrics
import Testing

@Suite struct ExactInferenceTests {
  /// Two images of which all likelihoods but one are 0 as probabilities: the order of the others still counts.
  @Test func classesAreRankedByTheirLogarithms() {
    let predictions = Predictions(
      logLikelihoods: [
        -9000, -1000, -5000, -7000, -3000, -8000,
        -2000, -2000, -.infinity, -2001, .nan, -2000.5,
      ], priors: [1, 1, 1, 1, 1, 1], labels: [2, 3])
    #expect(predictions.topClasses == [1, 4, 2, 3, 5, 0, 1, 5, 3, -1])
    #expect(predictions.isCorrect(0, top: 3) && !predictions.isCorrect(0, top: 2))
    #expect(predictions.top1(1) == 0)
  }

  /// Posteriors by hand: likelihoods 1 to 2 to 3, priors 3 to 2 to 0.
  @Test func priorsCount() {
    let predictions = Predictions(
      logLikelihoods: [0, 0.693147180559945, 1.09861228866811], priors: [3, 2, 0], labels: [0])
    #expect(predictions.topClasses == [1, 0, -1])
    #expect(abs(predictions.topProbabilities[0] - 4.0 / 7) < 1e-6)
    #expect(abs(predictions.trueProbability[0] - 3.0 / 7) < 1e-6)
    #expect(abs(predictions.squaredError[0] - 2 * 16.0 / 49) < 1e-6)
  }

  @Test func meansOverImages() {
    let mean = ImageMean([1, 2, 3, 4])
    #expect(mean?.value == 2.5)
    #expect(abs((mean?.interval?.high ?? 0) - 4.554260) < 1e-5)
    #expect(ImageMean([1, -.infinity]) == nil && ImageMean([]) == nil)
    #expect(ImageMean([1])?.interval == nil)
  }
}
