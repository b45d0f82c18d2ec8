import Kernels

/// The findings of a pass over the images of a listing, or over part of them; parts can be added in any order.
struct LoadPass: Sendable {
  struct Size: Hashable, Sendable {
    let width: Int
    let height: Int
  }

  struct SizeCount: Sendable {
    var images = 0
    var firstPlace = Int.max
  }

  var codecs: [String: Int] = [:]
  var jpegQualities: [Int: Int] = [:]
  var droppedAlpha = 0
  var mislabelled = 0
  var reducedDepth = 0
  var hasColour = false
  /// The highest number among the pixels as far as it is below `usual`; a whole number from there on is as good as another.
  private(set) var brightest: UInt8 = 0
  var sizes: [Size: SizeCount] = [:]
  var done = 0
  /// The first failure in order among those seen so far.
  var failure: (place: Int, error: any Error)?

  mutating func add(_ source: SourceImage, at place: Int) {
    codecs[source.codec, default: 0] += 1
    if let quality = source.jpegQuality { jpegQualities[quality, default: 0] += 1 }
    if source.droppedAlpha { droppedAlpha += 1 }
    if source.mislabelled { mislabelled += 1 }
    if source.reducedDepth { reducedDepth += 1 }
    let size = Size(width: source.image.width, height: source.image.height)
    var count = sizes[size] ?? SizeCount()
    count.images += 1
    count.firstPlace = min(place, count.firstPlace)
    sizes[size] = count
  }

  /// Above a sixteenth of a byte's range; pictures that stay below are nearly black. (4,095 of 65,535 is rounded to 16.)
  private static let usual: UInt8 = 17

  /// Looks for a bright pixel, as long as none was found.
  mutating func add(pixels: UnsafeBufferPointer<UInt8>) {
    guard brightest < Self.usual else { return }
    brightest = max(brightest, pixels.first { $0 >= Self.usual } ?? pixels.max() ?? 0)
  }

  mutating func add(_ other: LoadPass) {
    brightest = max(brightest, other.brightest)
    codecs.merge(other.codecs, uniquingKeysWith: +)
    jpegQualities.merge(other.jpegQualities, uniquingKeysWith: +)
    droppedAlpha += other.droppedAlpha
    mislabelled += other.mislabelled
    reducedDepth += other.reducedDepth
    hasColour = hasColour || other.hasColour
    sizes.merge(other.sizes) { a, b in
      SizeCount(images: a.images + b.images, firstPlace: min(a.firstPlace, b.firstPlace))
    }
    if let theirs = other.failure, theirs.place < failure?.place ?? Int.max { failure = theirs }
    done += other.done
  }

  /// Whether every image had this shape's size.
  func fits(_ shape: Shape) -> Bool { sizes.keys.allSatisfy { $0.width == shape.width && $0.height == shape.height } }

  /// The median quality of the JPEGs; nil without one.
  var medianQuality: Int? { Self.median(jpegQualities.map { ($0.key, $0.value) }) }

  /// The median of the shorter sides of the images as they are stored; nil without one.
  var medianSide: Int? { Self.median(sizes.map { (min($0.key.width, $0.key.height), $0.value.images) }) }

  /// The lower median of values, each weighted by a number of images.
  private static func median(_ counts: [(value: Int, images: Int)]) -> Int? {
    let total = counts.reduce(0) { $0 + $1.images }
    var seen = 0
    for (value, images) in counts.sorted(by: { $0.value < $1.value }) {
      seen += images
      if 2 * seen >= total { return value }
    }
    return nil
  }

  /// Warnings about the images of `path`.
  func warnings(path: String) -> [String] {
    var list: [String] = []
    if droppedAlpha > 0 {
      list.append("\(droppedAlpha.counted("image", "images")) in \(path) had transparency, which was dropped.")
    }
    if mislabelled > 0 {
      list.append("\(mislabelled.counted("file", "files")) in \(path) whose extension names another format.")
    }
    if reducedDepth > 0 {
      list.append(
        "\(reducedDepth.counted("image", "images")) in \(path) had 16 bits and \(reducedDepth == 1 ? "was" : "were") reduced to 8."
      )
    }
    if done > 0, brightest < Self.usual {
      let likely =
        brightest == 0
        ? "all are black"
        : reducedDepth == done
          ? "they seem to have 12 bits or fewer (0 to 4,095) in 16: multiply them by 16 or more"
          : "their range seems to be 0 to \(brightest): multiply them by \(255 / brightest)"
      list.append("The images in \(path) are almost black, 0 to \(brightest) of 255; \(likely).")
    }
    if codecs.count > 1 {
      let kinds = codecs.sorted { $0.key < $1.key }.map { "\($0.value.grouped) \($0.key)" }
      list.append("\(path) mixes encodings (\(kinds.joined(separator: ", "))); a codec's traces can be learnt.")
    }
    return list
  }
}
