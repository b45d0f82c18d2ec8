package import Metrics

/// The data sets of a run.
package struct DataSection: Codable, Sendable, Equatable {
  /// The real images: those tested on, and those of the baseline.
  package struct Real: Codable, Sendable, Equatable {
    package var test: DataEntry
    @ExplicitNull package var train: DataEntry?

    package init(test: DataEntry, train: DataEntry?) {
      self.test = test
      self.train = train
    }
  }

  package var real: Real
  /// By the name of the set.
  package var synthetic: [String: DataEntry]

  package init(real: Real, synthetic: [String: DataEntry]) {
    self.real = real
    self.synthetic = synthetic
  }
}

/// One split of one data set, as it was read.
package struct DataEntry: Codable, Sendable, Equatable {
  /// The extent of the images after reading.
  package struct Size: Codable, Sendable, Equatable {
    package var width: Int
    package var height: Int
    package var channels: Int

    package init(width: Int, height: Int, channels: Int) {
      self.width = width
      self.height = height
      self.channels = channels
    }
  }

  /// As the user wrote it.
  package var path: String
  /// "train", "test", or null where the set has one split only.
  @ExplicitNull package var split: String?
  package var images: Int
  package var classes: Int
  /// A hash of the images and labels.
  package var hash: String
  /// Images per codec: "png", "jpeg", "raw".
  package var codecs: [String: Int]
  /// Files that were passed over: hidden ones, and those that are no images.
  package var ignored: Int
  package var warnings: [String]
  package var size: Size
  /// Classes of the other sets that this one lacks (`--allow-missing-classes`), which therefore score 0.
  package var missingClasses: [String]

  package init(
    path: String, split: String?, images: Int, classes: Int, hash: String, codecs: [String: Int] = [:],
    ignored: Int = 0, warnings: [String] = [], size: Size, missingClasses: [String] = []
  ) {
    self.path = path
    self.split = split
    self.images = images
    self.classes = classes
    self.hash = hash
    self.codecs = codecs
    self.ignored = ignored
    self.warnings = warnings
    self.size = size
    self.missingClasses = missingClasses
  }
}
