/// The numbers of correct images and of images of one class.
package struct ClassCount: Sendable, Equatable {
  /// Test images of this class.
  package var support = 0
  /// Images of this class whose true class is among the k most probable ones.
  package var correct = 0
  /// `correct / support`, nil for a class without test images.
  package var accuracy: Double? { support == 0 ? nil : Double(correct) / Double(support) }

  package init(support: Int = 0, correct: Int = 0) {
    self.support = support
    self.correct = correct
  }
}

extension Predictions {
  /// The fraction of images whose true class is among the `k` most probable ones, in 0...1.
  ///
  /// Nil without images, and nil for k > 1 with k classes or fewer, where it would always be 1.
  package func accuracy(top k: Int) -> Double? {
    precondition(k >= 1 && k <= 5, "five classes are kept per image")
    guard count > 0, k == 1 || classes > k else { return nil }
    return Double((0..<count).count { isCorrect($0, top: k) }) / Double(count)
  }

  /// Correct images and images of every class, C entries.
  package func classCounts(top k: Int) -> [ClassCount] {
    precondition(k >= 1 && k <= 5, "five classes are kept per image")
    var counts = [ClassCount](repeating: ClassCount(), count: classes)
    for image in 0..<count {
      let label = Int(labels[image])
      counts[label].support += 1
      if isCorrect(image, top: k) { counts[label].correct += 1 }
    }
    return counts
  }
}
