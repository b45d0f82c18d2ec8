/// Pictures that show what went wrong with one class of one result: images, files with their names, or parts of a page.
package struct FailureGallery<Picture: Sendable>: Sendable {
  /// A real test image of the class that the classifier took for another one.
  package struct Missed: Sendable {
    package let image: Picture
    /// The class that was predicted.
    package let predicted: String

    package init(image: Picture, predicted: String) {
      self.image = image
      self.predicted = predicted
    }
  }

  /// The result's name, and its added fraction where results differ by that.
  package let result: String
  package let fractionAdded: Double?
  package let className: String
  /// Training samples of the class.
  package let samples: [Picture]
  package let missed: [Missed]
  /// Real test images of the class that were classified right; nil in runs of earlier versions.
  package let right: [Picture]?

  package init(
    result: String, fractionAdded: Double? = nil, className: String, samples: [Picture], missed: [Missed],
    right: [Picture]? = nil
  ) {
    self.result = result
    self.fractionAdded = fractionAdded
    self.className = className
    self.samples = samples
    self.missed = missed
    self.right = right
  }
}

extension FailureGallery {
  /// The gallery with other forms of the same pictures.
  package func map<Other>(_ form: (Picture) throws -> Other) rethrows -> FailureGallery<Other> {
    FailureGallery<Other>(
      result: result, fractionAdded: fractionAdded, className: className, samples: try samples.map(form),
      missed: try missed.map { .init(image: try form($0.image), predicted: $0.predicted) },
      right: try right?.map(form))
  }
}

// As thumbnails/index.json lists them, by the names of their files.
extension FailureGallery: Codable where Picture: Codable {}
extension FailureGallery.Missed: Codable where Picture: Codable {
  private enum CodingKeys: String, CodingKey {
    case image = "file"
    case predicted
  }
}
