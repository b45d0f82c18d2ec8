package import Generators

/// What `cas sample` is asked for.
package struct SampleRequest: Codable, Equatable, Sendable {
  /// The family to fit; nil takes the saved model.
  package var fit: GeneratorChoice?
  /// The file of a saved model.
  package var model: String?
  package var real: String?
  package var realTrain: String?
  package var levels = 256
  package var kind = LikelihoodKind.levels
  package var input: Int?
  package var resize: String?
  /// Samples of each class.
  package var perClass: Int?
  /// Samples of all classes, in the shares of the training images.
  package var count: Int?
  package var format = Format.folder
  /// A data set whose images get their log-likelihoods.
  package var score: String?
  package var scoreSplit = "test"
  /// Whether log-likelihoods under all classes are written, too.
  package var allClasses = false
  package var seed: UInt64 = 0
  package var output: String

  /// How samples are written.
  package enum Format: String, Codable, Sendable, CaseIterable {
    /// A folder of PNG files for each class.
    case folder
    /// One file of arrays, samples.npz.
    case npz
  }

  package init(output: String) { self.output = output }

  /// Whether samples are asked for.
  var isDrawing: Bool { perClass != nil || count != nil }
}

/// What is wrong with a request for `cas sample`; the command line exits with 64.
package enum SampleError: Error, Equatable {
  case noTrainingImages(String)
  case otherModel(String)
  case otherSamples(String)
  case foreignFolder(String)
  case className(String, path: String)
  case otherSize(String, found: String, expected: String)
}

extension SampleError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noTrainingImages(let path):
      "\(path) has no training images to fit to. Give a folder with train and test, or --real-train."
    case .otherModel(let path):
      "\(path) is another model than the one that was asked for. Choose another --output, or repeat its options."
    case .otherSamples(let path):
      "\(path) holds samples that were drawn otherwise. Choose another --output, or repeat their options."
    case .foreignFolder(let path):
      "\(path) is not empty and holds nothing of cas sample. Choose another --output."
    case .className(let name, let path):
      "The class name \(name.debugDescription) of \(path) cannot be that of a folder. Use --format npz."
    case .otherSize(let path, let found, let expected):
      "\(path) has images of \(found), and the model is about images of \(expected). Use --input SIZE with --resize."
    }
  }
}
