package import Kernels

/// Labelled images of one shape, in memory as bytes: what a classifier is trained or tested on.
///
/// The order is part of the value: by class, then by member, where nothing was appended.
package struct Samples: Sendable, Equatable {
  /// The name of each label.
  package let classNames: [String]
  /// Height, width and channels of every image.
  package let shape: Shape
  /// Image after image in HWC order, `count * shape.count` values from 0 to 255.
  package let pixels: [UInt8]
  /// The class of each image, an index into `classNames`.
  package let labels: [Int32]
  /// The path or the index of each image within its data set.
  package let members: [String]
  package let summary: SampleSummary

  /// The number of images.
  package var count: Int { labels.count }
  /// The number of images of each class.
  package var classCounts: [Int] { summary.perClass.map(\.images) }
}

extension Samples {
  /// Where samples come from: what of a summary does not follow from the samples themselves.
  package struct Origin: Sendable {
    package var path: String
    package var split: Split = .whole
    package var codecs: [String: Int] = [:]
    package var ignoredHidden = 0
    package var ignoredOther = 0
    package var warnings: [String] = []

    package init(path: String) { self.path = path }

    fileprivate init(_ summary: SampleSummary) {
      path = summary.path
      split = summary.split
      codecs = summary.codecs
      ignoredHidden = summary.ignoredHidden
      ignoredOther = summary.ignoredOther
      warnings = summary.warnings
    }
  }

  /// Counts and hashes the samples. The arrays must agree in length, the labels must lie among the class names.
  package init(
    classNames: [String], shape: Shape, pixels: [UInt8], labels: [Int32], members: [String], origin: Origin
  ) {
    precondition(pixels.count == labels.count * shape.count, "the pixels do not fill the images")
    precondition(members.count == labels.count, "every image needs a label and a member")
    var counts = [Int](repeating: 0, count: classNames.count)
    for label in labels { counts[Int(label)] += 1 }
    self.classNames = classNames
    self.shape = shape
    self.pixels = pixels
    self.labels = labels
    self.members = members
    self.summary = SampleSummary(
      path: origin.path, split: origin.split, images: labels.count, classes: classNames.count,
      perClass: zip(classNames, counts).map { SampleSummary.ClassCount(name: $0, images: $1) },
      height: shape.height, width: shape.width, channels: shape.channels,
      hash: Self.hash(classNames: classNames, shape: shape, pixels: pixels, labels: labels),
      codecs: origin.codecs, ignoredHidden: origin.ignoredHidden, ignoredOther: origin.ignoredOther,
      warnings: origin.warnings)
  }

  private static func hash(classNames: [String], shape: Shape, pixels: [UInt8], labels: [Int32]) -> String {
    var digest = Digest()
    for number in [shape.height, shape.width, shape.channels, labels.count, classNames.count] {
      digest.update(UInt64(number))
    }
    for name in classNames { digest.update(name) }
    labels.withUnsafeBytes { digest.update($0) }
    digest.update(pixels)
    return digest.hexadecimal()
  }
}

extension Samples {
  /// The pixels of one image.
  package subscript(index: Int) -> ArraySlice<UInt8> { pixels[(index * shape.count)..<((index + 1) * shape.count)] }

  /// The images at these indices, in this order; the same samples where that is all of them.
  package func selecting(_ indices: [Int]) -> Samples {
    if indices.elementsEqual(0..<count) { return self }
    var selected: [UInt8] = []
    selected.reserveCapacity(indices.count * shape.count)
    for index in indices { selected.append(contentsOf: self[index]) }
    return Samples(
      classNames: classNames, shape: shape, pixels: selected, labels: indices.map { labels[$0] },
      members: indices.map { members[$0] }, origin: Origin(summary))
  }

  /// These samples and then the others, whose classes and shape must be the same; a set without images adds nothing.
  package func concatenating(_ other: Samples) -> Samples {
    precondition(other.classNames == classNames && other.shape == shape, "the sets have other classes or shapes")
    if other.count == 0 { return self }
    var origin = Origin(summary)
    origin.path += " + \(other.summary.path)"
    origin.codecs.merge(other.summary.codecs, uniquingKeysWith: +)
    origin.ignoredHidden += other.summary.ignoredHidden
    origin.ignoredOther += other.summary.ignoredOther
    origin.warnings += other.summary.warnings
    return Samples(
      classNames: classNames, shape: shape, pixels: pixels + other.pixels, labels: labels + other.labels,
      members: members + other.members, origin: origin)
  }
}
