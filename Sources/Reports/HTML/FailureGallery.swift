package import Images

/// Pictures that show what went wrong with one class of one result.
package struct FailureGallery: Sendable, Equatable {
  /// A real test image of the class that the classifier took for another one.
  package struct Missed: Sendable, Equatable {
    package let image: Image
    /// The class that was predicted.
    package let predicted: String

    package init(image: Image, predicted: String) {
      self.image = image
      self.predicted = predicted
    }
  }

  /// The result's name, and its added fraction where results differ by that.
  package let result: String
  package let fractionAdded: Double?
  package let className: String
  /// Training samples of the class.
  package let samples: [Image]
  package let missed: [Missed]
  /// Real test images of the class that were classified right.
  package let right: [Image]

  package init(
    result: String, fractionAdded: Double? = nil, className: String, samples: [Image], missed: [Missed],
    right: [Image] = []
  ) {
    self.result = result
    self.fractionAdded = fractionAdded
    self.className = className
    self.samples = samples
    self.missed = missed
    self.right = right
  }
}
