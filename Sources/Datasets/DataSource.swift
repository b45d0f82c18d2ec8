package import Images

/// A data format. A new format is one file with a type that conforms to this protocol, and a function in
/// `Dataset.formats` that opens it. The function returns nil if the path is not of the format, and throws if it is, but
/// damaged.
package protocol DataSource: Sendable {
  var format: DataFormat { get }
  /// Either `[.whole]` or some of `.train` and `.test`, never one of these alone.
  var splits: [Split] { get }
  /// What is in a split, without decoding an image. `split` is one of `splits`.
  func list(_ split: Split) throws -> SplitListing
  /// What reads the images of that listing.
  func reader(of listing: SplitListing) throws -> any ImageReader
}

/// Reads single images of a listing, from any thread and in any order.
package protocol ImageReader: Sendable {
  /// What is stored as entry `index` of the listing. Throws an error that names the file.
  func stored(at index: Int) throws -> StoredImage
}

/// An image as a data set holds it.
package enum StoredImage: Sendable {
  /// The bytes of a PNG or JPEG file, and what to call it in an error.
  case file([UInt8], name: String)
  /// Pixels out of an array; `codec` names the format of the array. `reducedDepth` says that they had more bits.
  case pixels(Image, codec: String, reducedDepth: Bool)
}

/// A decoded image and the traits of its file.
package struct SourceImage: Sendable {
  package let image: Image
  /// "png", "jpeg", or the name of an array format.
  package let codec: String
  package var droppedAlpha = false
  package var mislabelled = false
  package var reducedDepth = false
  /// The quality of a JPEG's tables, 1 to 100.
  package var jpegQuality: Int?

  package init(image: Image, codec: String) {
    self.image = image
    self.codec = codec
  }
}

extension ImageReader {
  /// The image of entry `index`, decoded.
  package func image(at index: Int, leastSide: Int? = nil) throws -> SourceImage {
    try SourceImage(try stored(at: index), leastSide: leastSide)
  }
}

extension SourceImage {
  /// Decodes what is stored.
  ///
  /// - Parameter leastSide: the length that the shorter side must keep, if a smaller image is enough: a JPEG is then
  ///   decoded at 1/2, 1/4 or 1/8 of its size.
  init(_ stored: StoredImage, leastSide: Int? = nil) throws {
    switch stored {
    case .pixels(let image, let codec, let reducedDepth):
      self.init(image: image, codec: codec)
      self.reducedDepth = reducedDepth
    case .file(let bytes, let name):
      let decoded = try ImageDecoder.decode(bytes, path: name, leastSide: leastSide)
      self.init(image: decoded.image, codec: "\(decoded.codec)")
      droppedAlpha = decoded.droppedAlpha
      mislabelled = decoded.mislabelled
      reducedDepth = decoded.bitDepth > 8
      if decoded.codec == .jpeg { jpegQuality = JPEGTables(bytes)?.quality }
    }
  }
}

/// The kinds of data set that can be read.
package enum DataFormat: String, Codable, Sendable {
  case classFolders = "a folder per class"
  case cifar10 = "CIFAR-10 binary"
  case cifar100 = "CIFAR-100 binary"
  case idx = "IDX pair"
  case zip = "zip archive"
  case tar = "tar archive"
  case labelled = "dataset.json"
  case webDataset = "WebDataset shards"
  case npz = "npz arrays"
  case store = "packed store"
  case splits = "train and test"
}

/// The contents of one split of a data set, found without decoding an image.
package struct SplitListing: Sendable {
  /// One image: its class, an index into the listing's own classes, and its path or index within the split.
  package struct Entry: Sendable, Equatable {
    package let classIndex: Int
    package let member: String

    package init(classIndex: Int, member: String) {
      self.classIndex = classIndex
      self.member = member
    }
  }

  /// The path of the split as a user would write it.
  package let path: String
  package var split: Split
  /// The names of the listing's own classes by index, or nil if the format has only numbers.
  package let classNames: [String]?
  /// The number of images of each class.
  package let classCounts: [Int]
  /// Within a class in natural order of the members, or in order of the array index.
  package let entries: [Entry]
  /// Class folders without an image. They are not among the classes.
  package var emptyClasses: [String] = []
  package var ignoredHidden = 0
  package var ignoredOther = 0
  package var warnings: [String] = []

  package init(path: String, split: Split, classNames: [String]?, classes: Int, entries: [Entry]) {
    var counts = [Int](repeating: 0, count: classes)
    for entry in entries { counts[entry.classIndex] += 1 }
    self.path = path
    self.split = split
    self.classNames = classNames
    self.classCounts = counts
    self.entries = entries
  }
}
