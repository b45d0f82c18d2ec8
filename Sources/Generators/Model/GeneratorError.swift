/// What can be wrong with a fit or with the images that a model is asked about.
package enum GeneratorError: Error, Equatable {
  /// A class with fewer images than the fit needs.
  case tooFewImages(className: String, images: Int, needed: Int)
  /// A capacity that does not fit the images.
  case capacity(option: String, value: Int, allowed: ClosedRange<Int>, reason: String)
  /// A file of a family that is not known.
  case unknownFamily(path: String, name: String)
  /// A covariance that is not positive definite, whatever is added to its diagonal.
  case degenerate(className: String)
  /// Images of more numbers than a covariance can have.
  case tooLarge(ImageSpace, most: Int)
  /// A training whose likelihood is no number any more.
  case diverged(family: String, step: Int)
  /// A family that has no form of this kind.
  case kind(LikelihoodKind, family: String)
}

extension GeneratorError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooFewImages(let name, let images, let needed):
      "Class \(name) has \(images) training \(images == 1 ? "image" : "images"), and the fit needs \(needed). Give more "
        + "images, or less capacity."
    case .capacity(let option, let value, let allowed, let reason):
      "\(option) \(value) does not fit these images: it takes \(allowed.lowerBound) to \(allowed.upperBound), \(reason)."
    case .unknownFamily(let path, let name):
      "\(path) holds a model of the family \(name.debugDescription), which this program does not know. Use the program that wrote it."
    case .degenerate(let name):
      "The covariance of class \(name) is not positive definite. Give more images, or a lower rank."
    case .tooLarge(let space, let most):
      "Images of \(space.text) have \(space.dimensions) numbers, and a covariance takes \(most). Make them smaller with "
        + "--input and --resize."
    case .diverged(let family, let step):
      "The training of \(family) has lost its likelihood at step \(step). Fit with less --width or --depth."
    case .kind(let kind, let family): "The family \(family) has no likelihood of the kind \(kind.rawValue)."
    }
  }
}
