/// What one trained classifier said about every test image: the raw material of every accuracy, kept small.
///
/// Drawback: only the five largest probabilities are kept. Of the others, only their contribution to the Brier score and
/// the probability of the true class remain.
package struct Predictions: Sendable, Equatable {
  /// The number of classes, C.
  package let classes: Int
  /// The number of classes kept per image: 5, or C if there are fewer.
  package let depth: Int
  /// The true class per image, each in `0..<classes`.
  package var labels: [Int32] = []
  /// `count * depth` classes, the most probable first; −1 where no class could be ranked.
  package var topClasses: [Int32] = []
  /// The probabilities of `topClasses`; 0 where the class is −1.
  package var topProbabilities: [Float] = []
  /// The probability of the true class per image.
  package var trueProbability: [Float] = []
  /// Σ_c (p_c − 1[y = c])² per image, in 0...2.
  package var squaredError: [Float] = []

  package init(classes: Int) {
    precondition(classes > 0, "a classifier has at least one class")
    self.classes = classes
    depth = min(5, classes)
  }
}

extension Predictions {
  /// The number of test images.
  package var count: Int { labels.count }

  /// The predicted class of one image, or nil if the classifier gave no number for any class.
  package func top1(_ image: Int) -> Int? {
    let predicted = topClasses[image * depth]
    return predicted < 0 ? nil : Int(predicted)
  }

  /// Whether the true class of one image is among the `k` most probable ones.
  package func isCorrect(_ image: Int, top k: Int) -> Bool {
    topClasses[image * depth..<image * depth + min(k, depth)].contains(labels[image])
  }
}
