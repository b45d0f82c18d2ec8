extension Predictions {
  /// The expected calibration error of the top class, in 0...1, lower is better; nil without images: the mean
  /// distance between confidence and accuracy over `bins` equal-width bins ((m − 1)/M, m/M], weighted by their images.
  ///
  /// Guo, Pleiss, Sun, Weinberger 2017, "On Calibration of Modern Neural Networks", ICML, equation 3. An image for
  /// which no class could be ranked counts as wrong with confidence 0.
  package func expectedCalibrationError(bins: Int = 15) -> Double? {
    precondition(bins > 0, "calibration needs at least one bin")
    guard count > 0 else { return nil }
    var confidence = [Double](repeating: 0, count: bins)
    var hits = [Double](repeating: 0, count: bins)
    for image in 0..<count {
      let value = min(max(Double(topProbabilities[image * depth]), 0), 1)
      let bin = min(max(Int((value * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
      confidence[bin] += value
      if isHit(image, top: 1) { hits[bin] += 1 }
    }
    return zip(confidence, hits).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(count)
  }
}
