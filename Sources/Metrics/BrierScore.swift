extension Predictions {
  /// The multi-class Brier score: the mean over images of Σ_c (p_c − 1[y = c])², in 0...2, lower is better; nil
  /// without images. A proper score, unlike accuracy.
  ///
  /// Brier 1950, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78(1).
  package var brierScore: Double? {
    count == 0 ? nil : squaredError.reduce(0.0) { $0 + Double($1) } / Double(count)
  }
}
