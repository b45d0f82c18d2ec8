package import Images
package import Kernels

/// Labelled images of one shape, to train or test a classifier on. They are in memory as bytes, or are decoded from
/// their files whenever they are needed. Both have equal values.
///
/// The order is part of the value: by class, then by member, if nothing was appended.
package struct Samples: Sendable {
  /// The name of each label.
  package let classNames: [String]
  /// Height, width and channels of every image.
  package let shape: Shape
  /// The class of each image, an index into `classNames`.
  package let labels: [Int32]
  /// The path or the index of each image within its data set.
  package let members: [String]
  package let summary: SampleSummary
  /// The pixels' hash, and their sums by channel, of each image.
  let traits: [ImageTraits]
  private let blocks: [SampleBlock]
  /// The block of each image and its place in it: a selection shares its pixels with the whole set.
  private let places: [Place]

  private struct Place: Sendable {
    var block: Int32
    var index: Int32
  }

  /// The number of images.
  package var count: Int { labels.count }
  /// The number of images of each class.
  package var classCounts: [Int] { summary.perClass.map(\.images) }
  /// The SHA-256 of the pixels of each image.
  package var digests: [ContentDigest] { traits.map(\.digest) }
  /// Whether some images are streamed: decoded whenever they are needed.
  package var isStreamed: Bool { blocks.contains { if case .stream = $0 { true } else { false } } }
  /// Whether some images are stored in another size than that of the samples.
  package var hasLargerOriginals: Bool {
    blocks.contains { if case .stream(let stream) = $0 { stream.hasLargerOriginals } else { false } }
  }
}

extension Samples {
  /// SHA-256 over the images that crops are taken from, which `summary.hash` does not cover; nil if those are the
  /// samples.
  package var originalsHash: String? {
    guard hasLargerOriginals else { return nil }
    var digest = Digest()
    for image in traits { digest.update(image.original) }
    return digest.hexadecimal()
  }
}

extension Samples: Equatable {
  package static func == (a: Samples, b: Samples) -> Bool {
    a.summary == b.summary && a.labels == b.labels && a.members == b.members && a.traits == b.traits
      && a.classNames == b.classNames && a.shape == b.shape
  }
}

extension Samples {
  /// The origin of samples: the parts of a summary that do not follow from the samples themselves.
  package struct Origin: Sendable {
    package var path: String
    package var split: Split = .whole
    package var codecs: [String: Int] = [:]
    package var jpegQuality: Int?
    package var storedSide: Int?
    package var ignoredHidden = 0
    package var ignoredOther = 0
    package var warnings: [String] = []

    package init(path: String) { self.path = path }

    fileprivate init(_ summary: SampleSummary) {
      path = summary.path
      split = summary.split
      codecs = summary.codecs
      jpegQuality = summary.jpegQuality
      storedSide = summary.storedSide
      ignoredHidden = summary.ignoredHidden
      ignoredOther = summary.ignoredOther
      warnings = summary.warnings
    }
  }

  /// Counts and hashes samples in memory: `pixels` holds image after image in HWC order. The arrays must agree in
  /// length, the labels must lie among the class names.
  package init(
    classNames: [String], shape: Shape, pixels: [UInt8], labels: [Int32], members: [String], origin: Origin
  ) {
    precondition(pixels.count == labels.count * shape.count, "the pixels do not fill the images")
    let traits = pixels.withUnsafeBufferPointer { pixels in
      labels.indices.map { index in
        ImageTraits(
          UnsafeBufferPointer(rebasing: pixels[(index * shape.count)..<((index + 1) * shape.count)]),
          channels: shape.channels)
      }
    }
    self.init(
      classNames: classNames, shape: shape, labels: labels, members: members, block: .memory(pixels), traits: traits,
      origin: origin)
  }

  /// The images of one block, all of them in its order.
  init(
    classNames: [String], shape: Shape, labels: [Int32], members: [String], block: SampleBlock, traits: [ImageTraits],
    origin: Origin
  ) {
    self.init(
      classNames: classNames, shape: shape, labels: labels, members: members, blocks: [block],
      places: labels.indices.map { Place(block: 0, index: Int32($0)) }, traits: traits, origin: origin)
  }

  private init(
    classNames: [String], shape: Shape, labels: [Int32], members: [String], blocks: [SampleBlock], places: [Place],
    traits: [ImageTraits], origin: Origin
  ) {
    precondition(
      members.count == labels.count && traits.count == labels.count, "every image needs a label, a member and traits")
    var counts = [Int](repeating: 0, count: classNames.count)
    for label in labels { counts[Int(label)] += 1 }
    self.classNames = classNames
    self.shape = shape
    self.labels = labels
    self.members = members
    self.blocks = blocks
    self.places = places
    self.traits = traits
    self.summary = SampleSummary(
      path: origin.path, split: origin.split, images: labels.count, classes: classNames.count,
      perClass: zip(classNames, counts).map { SampleSummary.ClassCount(name: $0, images: $1) },
      height: shape.height, width: shape.width, channels: shape.channels,
      hash: Self.hash(classNames: classNames, shape: shape, labels: labels, traits: traits),
      codecs: origin.codecs, jpegQuality: origin.jpegQuality, storedSide: origin.storedSide,
      ignoredHidden: origin.ignoredHidden,
      ignoredOther: origin.ignoredOther, warnings: origin.warnings)
  }

  /// Over the images' hashes, which are computed in parallel, and not over their pixels.
  private static func hash(classNames: [String], shape: Shape, labels: [Int32], traits: [ImageTraits]) -> String {
    var digest = Digest()
    for number in [shape.height, shape.width, shape.channels, labels.count, classNames.count] {
      digest.update(UInt64(number))
    }
    for name in classNames { digest.update(name) }
    labels.withUnsafeBytes { digest.update($0) }
    for image in traits { digest.update(image.digest) }
    return digest.hexadecimal()
  }
}

extension Samples {
  /// Calls `body` with the pixels of one image. Throws what decoding throws, if the image is streamed.
  func withPixels<Result>(of image: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
    let place = places[image]
    switch blocks[Int(place.block)] {
    case .memory(let pixels):
      let start = Int(place.index) * shape.count
      return try pixels.withUnsafeBufferPointer {
        try body(UnsafeBufferPointer(rebasing: $0[start..<start + shape.count]))
      }
    case .stream(let stream): return try stream.sample(Int(place.index)).pixels.withUnsafeBufferPointer(body)
    }
  }

  /// One image as a picture. Throws what decoding throws, if it is streamed.
  package func image(_ index: Int) throws -> Image {
    try withPixels(of: index) {
      Image(width: shape.width, height: shape.height, channels: shape.channels, pixels: Array($0))
    }
  }

  /// One image in its size before resizing, if that is known, otherwise as it is.
  func original(_ index: Int) throws -> Image {
    guard case .stream(let stream) = blocks[Int(places[index].block)] else { return try image(index) }
    return try stream.original(Int(places[index].index))
  }

  /// The pixels of one image.
  package subscript(index: Int) -> ArraySlice<UInt8> { get throws { try image(index).pixels[...] } }

  /// The pixels of all images, one after the other.
  package var pixels: [UInt8] { get throws { try labels.indices.flatMap { try image($0).pixels } } }

  /// The images at these indices, in this order; the same samples if that is all of them.
  package func selecting(_ indices: [Int]) -> Samples {
    if indices.elementsEqual(0..<count) { return self }
    return Samples(
      classNames: classNames, shape: shape, labels: indices.map { labels[$0] }, members: indices.map { members[$0] },
      blocks: blocks, places: indices.map { places[$0] }, traits: indices.map { traits[$0] }, origin: Origin(summary))
  }

  /// These samples and then the others, whose classes and shape must be the same; a set without images adds nothing.
  package func concatenating(_ other: Samples) -> Samples {
    precondition(other.classNames == classNames && other.shape == shape, "the sets have other classes or shapes")
    if other.count == 0 { return self }
    var origin = Origin(summary)
    origin.path += " + \(other.summary.path)"
    origin.codecs.merge(other.summary.codecs, uniquingKeysWith: +)
    origin.jpegQuality = [origin.jpegQuality, other.summary.jpegQuality].compactMap { $0 }.min()
    origin.storedSide = [origin.storedSide, other.summary.storedSide].compactMap { $0 }.min()
    origin.ignoredHidden += other.summary.ignoredHidden
    origin.ignoredOther += other.summary.ignoredOther
    origin.warnings += other.summary.warnings
    let offset = Int32(blocks.count)
    return Samples(
      classNames: classNames, shape: shape, labels: labels + other.labels, members: members + other.members,
      blocks: blocks + other.blocks,
      places: places + other.places.map { Place(block: $0.block + offset, index: $0.index) },
      traits: traits + other.traits, origin: origin)
  }
}
