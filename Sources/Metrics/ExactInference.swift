import Foundation

extension Predictions {
  /// The predictions of Bayes' rule, argmax over y of ln p(x | y) + ln p(y), from the likelihoods themselves. Classes are
  /// ranked by these sums, because probabilities of images are often 0 in all digits but for one class.
  ///
  /// - Parameters:
  ///   - logLikelihoods: ln p(x | y), `labels.count` rows of `priors.count` numbers; −infinity and NaN are never ranked.
  ///   - priors: p(y) or anything proportional to it; classes with 0 are never ranked.
  package init(logLikelihoods: [Double], priors: [Double], labels: [Int32]) {
    let classes = priors.count
    precondition(logLikelihoods.count == labels.count * classes, "the likelihoods are not labels by classes")
    self.init(classes: classes)
    self.labels = labels
    let total = priors.reduce(0, +)
    let logPriors = priors.map { $0 > 0 ? log($0 / total) : -.infinity }
    for (image, label) in labels.enumerated() {
      let joint = (0..<classes).map { index -> Double in
        let value = logLikelihoods[image * classes + index] + logPriors[index]
        return value.isFinite ? value : -.infinity
      }
      let largest = joint.max() ?? -.infinity
      let shares = joint.map { largest > -.infinity ? exp($0 - largest) : 0 }
      let sum = shares.reduce(0, +)
      let posterior = shares.map { sum > 0 ? $0 / sum : 0 }
      let ranked = joint.indices.filter { joint[$0] > -.infinity }.sorted { (joint[$1], $0) < (joint[$0], $1) }
      for place in 0..<depth {
        let isRanked = place < ranked.count
        topClasses.append(isRanked ? Int32(ranked[place]) : -1)
        topProbabilities.append(isRanked ? Float(posterior[ranked[place]]) : 0)
      }
      trueProbability.append(Float(posterior[Int(label)]))
      squaredError.append(
        Float(posterior.enumerated().reduce(0) { $0 + pow($1.element - ($1.offset == Int(label) ? 1 : 0), 2) }))
    }
  }
}

/// A mean over images with the 95 % Student interval over them.
package struct ImageMean: Codable, Sendable, Equatable {
  package var value: Double
  /// Nil for fewer than two images.
  @ExplicitNull package var interval: Interval?

  /// Nil without images, and where one of the values is not finite.
  package init?(_ values: [Double]) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    value = values.reduce(0, +) / Double(values.count)
    interval = .student(values)
  }
}
