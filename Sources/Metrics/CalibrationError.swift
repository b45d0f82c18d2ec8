/// The predictions whose confidence lies in one bin.
package struct CalibrationBin: Sendable, Equatable {
  package var images = 0
  package var correct = 0
  /// The sum of their confidences.
  package var confidence = 0.0

  package init(images: Int = 0, correct: Int = 0, confidence: Double = 0) {
    self.images = images
    self.correct = correct
    self.confidence = confidence
  }

  /// What it and a bin of another classifier hold together.
  package static func + (first: Self, second: Self) -> Self {
    Self(
      images: first.images + second.images, correct: first.correct + second.correct,
      confidence: first.confidence + second.confidence)
  }
}

extension Predictions {
  /// The predictions by confidence in equal-width bins ((m − 1)/M, m/M]. An image for which no class could be ranked counts
  /// as wrong with confidence 0.
  package func calibrationBins(_ bins: Int = 15) -> [CalibrationBin] {
    precondition(bins > 0, "calibration needs at least one bin")
    var result = [CalibrationBin](repeating: CalibrationBin(), count: bins)
    for image in 0..<count {
      let value = min(max(Double(topProbabilities[image * depth]), 0), 1)
      let bin = min(max(Int((value * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
      result[bin].images += 1
      result[bin].confidence += value
      if isCorrect(image, top: 1) { result[bin].correct += 1 }
    }
    return result
  }

  /// The expected calibration error of the top class, in 0...1, lower is better; nil without images: the mean
  /// distance between confidence and accuracy over `bins` equal-width bins ((m − 1)/M, m/M], weighted by their images.
  ///
  /// Guo, Pleiss, Sun, Weinberger 2017, "On Calibration of Modern Neural Networks", ICML, equation 3.
  package func expectedCalibrationError(bins: Int = 15) -> Double? {
    guard count > 0 else { return nil }
    return calibrationBins(bins).reduce(0) { $0 + abs($1.confidence - Double($1.correct)) } / Double(count)
  }
}
