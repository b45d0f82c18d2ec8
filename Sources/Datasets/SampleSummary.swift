/// A set of samples as a report describes it: its source, its counts and its hash.
package struct SampleSummary: Codable, Equatable, Sendable {
  package struct ClassCount: Codable, Equatable, Sendable {
    package var name: String
    package var images: Int
  }

  package var path: String
  package var split: Split
  package var images: Int
  /// The number of classes, those without an image included.
  package var classes: Int
  package var perClass: [ClassCount]
  package var height: Int
  package var width: Int
  package var channels: Int
  /// SHA-256 over shape, class names, labels and the SHA-256 of each image's pixels. Two sets with the same hash give the
  /// same training, except for one that crops the stored images.
  package var hash: String
  /// How many images came in which encoding, such as ["png": 5000], in all of the data set that was loaded.
  package var codecs: [String: Int]
  /// The median quality of the JPEGs by their tables, 1 to 100; nil without one.
  package var jpegQuality: Int?
  /// The median of the shorter sides of the images as they are stored, before they were made one size; nil if that is
  /// not known.
  package var storedSide: Int?
  package var ignoredHidden: Int
  package var ignoredOther: Int
  package var warnings: [String]
}
