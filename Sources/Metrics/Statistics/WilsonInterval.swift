extension Interval {
  /// The 0.975 quantile of the standard normal distribution.
  private static let normalQuantile = 1.959963984540054

  /// The 95 % Wilson score interval of a proportion observed on `trials` images, inside 0...1; nil without trials.
  ///
  /// Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158). `proportion`
  /// need not be a multiple of `1 / trials`: the mean over seeds of accuracies on n test images has the interval of
  /// that mean with n trials, because more seeds do not make more test images.
  package static func wilson(proportion: Double, trials: Int) -> Interval? {
    guard trials > 0, proportion.isFinite else { return nil }
    let n = Double(trials)
    let p = min(max(proportion, 0), 1)
    let squared = normalQuantile * normalQuantile
    let center = (p + squared / (2 * n)) / (1 + squared / n)
    let half = normalQuantile / (1 + squared / n) * (p * (1 - p) / n + squared / (4 * n * n)).squareRoot()
    return Interval(low: p == 0 ? 0 : max(center - half, 0), high: p == 1 ? 1 : min(center + half, 1))
  }
}
