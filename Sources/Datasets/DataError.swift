/// What can be wrong with data that a user names.
package enum DataError: Error, Equatable, Sendable {
  /// Nothing is at this path.
  case notFound(String)
  /// A data set was to come from a pipe, and there is none.
  case noPipe(String)
  /// What is at the path is no data set of any known kind.
  case unknownFormat(String)
  /// A kind of file that is known but not read.
  case unsupportedFormat(String, kind: String)
  /// A folder without folders for classes, with this many images lying in it.
  case noClassFolders(String, looseImages: Int)
  /// A folder whose only class folders are called like splits, but are no training and test set.
  case splitsAsClasses(String, [String])
  /// A set for training with one class, of this name.
  case oneClass(String, String)
  /// A split was asked for that the data set does not have.
  case noSuchSplit(String, Split)
  /// Class folders in which there is no image.
  case emptyClasses(String, [String])
  /// Two folders whose names are the same text in two Unicode spellings.
  case sameClassTwice(String, String)
  case brokenLink(String)
  case nameNotUTF8(String)
  /// A file that cannot be understood, and why.
  case damaged(String, String)
  /// A label that names no class: file, index of the image, label, number of classes.
  case labelOutOfRange(String, index: Int, label: Int, classes: Int)
  /// The file of class names is wrong, and why.
  case classNames(String, ClassNamesFault)
  /// Sets whose classes are not those of the real test set.
  case classesDiffer([ClassDifference])
  /// Images of classes that a trained network does not know.
  case unknownClasses(String, names: [String], network: String)
  /// No class is left that the real test set has.
  case noCommonClass(String)
  /// A data set without an image.
  case noImages(String)
  /// A data set with images of several sizes, or of another size than the one asked for.
  case sizesDiffer(String, found: [SizeFound], input: Int?)
  /// Two sets, each of one size, that do not fit together.
  case sizeMismatch(String, SizeFound, real: SizeFound)
  /// More images of a class are wanted than there are.
  case tooFewImages(String, className: String, wanted: Int, available: Int)
  /// The pixels of all images do not fit into memory's address space.
  case tooManyPixels(String, images: Int)
  /// A name in an archive that leads out of it.
  case unsafeName(String, String)
  /// Two members of an archive with one name.
  case memberTwice(String, String)
  /// An image in an archive that is a link.
  case linkInArchive(String)
  /// An array whose numbers have no known range.
  case unknownRange(String, lowest: Double, highest: Double)
  /// What cannot be read in parts, and does not fit into memory as a whole.
  case needsMemory(String, bytes: Int)
  /// An archive of 4 GiB or more cannot be written.
  case archiveTooLarge(String)

  package enum ClassNamesFault: Equatable, Sendable {
    case blankLine(Int)
    case duplicate(String, Int, Int)
    case count(names: Int, classes: Int, title: String)
    /// Labels of a set without class names that a network has no outputs for.
    case outputs(labels: Int, outputs: Int, network: String)
    case notText
  }
}

/// The classes on which one set and the real test set do not agree.
package struct ClassDifference: Equatable, Sendable {
  /// What the set is called in a message, such as "synthetic set cvae".
  package let title: String
  package let onlyInTest: [String]
  package let onlyInSet: [String]

  package init(title: String, onlyInTest: [String], onlyInSet: [String]) {
    self.title = title
    self.onlyInTest = onlyInTest
    self.onlyInSet = onlyInSet
  }
}

/// A size of which there are images in a set, how many, and the first of them.
package struct SizeFound: Equatable, Sendable {
  package let width: Int
  package let height: Int
  package let images: Int
  package let example: String

  package init(width: Int, height: Int, images: Int, example: String) {
    self.width = width
    self.height = height
    self.images = images
    self.example = example
  }
}

extension DataError {
  /// 66 for an input that is not there, 74 for a result that cannot be written, otherwise 65 (sysexits: EX_NOINPUT,
  /// EX_IOERR, EX_DATAERR).
  package var exitCode: Int32 {
    switch self {
    case .notFound: 66
    case .archiveTooLarge: 74
    default: 65
    }
  }
}
