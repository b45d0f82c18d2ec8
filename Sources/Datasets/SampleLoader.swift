import Foundation
import Images
import Kernels
import Synchronization

/// Decodes the images of a listing in parallel, straight into the place that they have among the samples.
///
/// The result, and the error where there is one, do not depend on the number of threads.
struct SampleLoader: Sendable {
  let listing: SplitListing
  let reader: any ImageReader
  let classes: ClassAssignment
  let options: LoadOptions

  private static let chunk = 32
}

extension SampleLoader {
  func load(pool: ThreadPool, progress: (@Sendable (Int, Int) -> Void)?) throws -> Samples {
    let order = entriesInOrder()
    guard let first = order.first else { throw DataError.noCommonClass("data set \(listing.path)") }
    // The first image shows the size and, where they are to be found out, the channels. A later image with colour
    // proves the guess of one channel wrong; then everything is decoded once more.
    let image = try reader.image(at: first).image
    let channels = options.channels ?? (image.isGrey ? 1 : 3)
    let found = try decode(order, shape: try shape(like: image, channels: channels), pool, progress)
    if options.channels == nil && found.hasColour && channels == 1 {
      return samples(try decode(order, shape: try shape(like: image, channels: 3), pool, progress), order: order)
    }
    return samples(found, order: order)
  }

  /// The entries whose class counts, by target class and then in the listing's order.
  private func entriesInOrder() -> [Int] {
    var ofClass = [[Int]](repeating: [], count: classes.classNames.count)
    for (index, entry) in listing.entries.enumerated() {
      if let target = classes.targets[entry.classIndex] { ofClass[target].append(index) }
    }
    return Array(ofClass.joined())
  }

  private func shape(like image: Image, channels: Int) throws -> Shape {
    let shape = Shape(
      height: options.input ?? image.height, width: options.input ?? image.width, channels: channels)
    let (area, overflow) = shape.height.multipliedReportingOverflow(by: shape.width)
    let (size, overflow2) = area.multipliedReportingOverflow(by: channels)
    let (total, overflow3) = size.multipliedReportingOverflow(by: listing.entries.count)
    guard !overflow, !overflow2, !overflow3, total <= ProcessInfo.processInfo.physicalMemory else {
      throw DataError.tooManyPixels(listing.path, images: listing.entries.count)
    }
    return shape
  }
}

extension SampleLoader {
  /// What a pass over all images gave.
  private struct Pass: Sendable {
    let shape: Shape
    var pixels: [UInt8] = []
    var codecs: [String: Int] = [:]
    var droppedAlpha = 0
    var mislabelled = 0
    var reducedDepth = 0
    var hasColour = false
    var sizes: [Size: SizeCount] = [:]
    var done = 0
    /// The first failure in order among those seen so far.
    var failure: (place: Int, error: any Error)?

    struct Size: Hashable {
      let width: Int
      let height: Int
    }

    struct SizeCount {
      var images = 0
      var firstPlace = Int.max
    }

    init(shape: Shape) { self.shape = shape }

    mutating func add(_ source: SourceImage, at place: Int) {
      codecs[source.codec, default: 0] += 1
      if source.droppedAlpha { droppedAlpha += 1 }
      if source.mislabelled { mislabelled += 1 }
      if source.reducedDepth { reducedDepth += 1 }
      let size = Size(width: source.image.width, height: source.image.height)
      var count = sizes[size] ?? SizeCount()
      count.images += 1
      count.firstPlace = min(place, count.firstPlace)
      sizes[size] = count
    }

    mutating func add(_ other: Pass) {
      codecs.merge(other.codecs, uniquingKeysWith: +)
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
  }

  /// The memory of all pixels; every place is written by one thread only.
  private struct Destination: @unchecked Sendable {
    let base: UnsafeMutablePointer<UInt8>
  }

  private func decode(
    _ order: [Int], shape: Shape, _ pool: ThreadPool, _ progress: (@Sendable (Int, Int) -> Void)?
  ) throws -> Pass {
    let total = Mutex(Pass(shape: shape))
    let chunks = (order.count + Self.chunk - 1) / Self.chunk
    let pixels = [UInt8](unsafeUninitializedCapacity: order.count * shape.count) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      let destination = Destination(base: base)
      pool.run(chunks: chunks) { chunk, _ in
        let places = (chunk * Self.chunk)..<min(order.count, (chunk + 1) * Self.chunk)
        // Behind a failure nothing matters any more; before it, an earlier one may still come.
        if let failure = total.withLock({ $0.failure?.place }), failure < places.lowerBound { return }
        let part = decode(order, places: places, shape: shape, destination)
        total.withLock { total in
          total.add(part)
          progress?(total.done, order.count)
        }
      }
      filled = order.count * shape.count
    }
    var pass = total.withLock { $0 }
    if let failure = pass.failure { throw failure.error }
    try requireFit(pass, order: order)
    pass.pixels = pixels
    return pass
  }

  private func decode(_ order: [Int], places: Range<Int>, shape: Shape, _ destination: Destination) -> Pass {
    var part = Pass(shape: shape)
    for place in places {
      let target = destination.base + place * shape.count
      do {
        let source = try reader.image(at: order[place])
        part.add(source, at: place)
        if options.channels == nil && !source.image.isGrey { part.hasColour = true }
        if let image = fitted(source.image, shape: shape) {
          image.pixels.withUnsafeBufferPointer { pixels in
            if let base = pixels.baseAddress { target.update(from: base, count: shape.count) }
          }
        }
        part.done += 1
      } catch {
        part.failure = (place, error)
        break
      }
    }
    return part
  }

  /// The image in the samples' channels and size; nil where its size is another one and nothing may be resized.
  private func fitted(_ image: Image, shape: Shape) -> Image? {
    let image = shape.channels == 1 ? image.luminance() : image.asRGB()
    if image.width == shape.width && image.height == shape.height { return image }
    guard options.input != nil, let mode = options.resize else { return nil }
    return image.resized(toSquare: shape.width, mode: mode, filter: options.filter)
  }

  private func requireFit(_ pass: Pass, order: [Int]) throws {
    let fits = pass.sizes.keys.allSatisfy { $0.width == pass.shape.width && $0.height == pass.shape.height }
    guard !fits && (options.input == nil || options.resize == nil) else { return }
    let sizes = pass.sizes.sorted {
      ($1.value.images, $0.value.firstPlace) < ($0.value.images, $1.value.firstPlace)
    }
    let found = sizes.map { size, count in
      SizeFound(
        width: size.width, height: size.height, images: count.images,
        example: listing.entries[order[count.firstPlace]].member)
    }
    throw DataError.sizesDiffer(listing.path, found: found, input: options.input)
  }
}

extension SampleLoader {
  private func samples(_ pass: Pass, order: [Int]) -> Samples {
    var origin = Samples.Origin(path: listing.path)
    origin.split = listing.split
    origin.codecs = pass.codecs
    origin.ignoredHidden = listing.ignoredHidden
    origin.ignoredOther = listing.ignoredOther
    origin.warnings = listing.warnings + warnings(pass)
    return Samples(
      classNames: classes.classNames, shape: pass.shape, pixels: pass.pixels,
      labels: order.map { Int32(classes.targets[listing.entries[$0].classIndex] ?? 0) },
      members: order.map { listing.entries[$0].member }, origin: origin)
  }

  private func warnings(_ pass: Pass) -> [String] {
    var list: [String] = []
    if pass.droppedAlpha > 0 {
      list.append(
        "\(pass.droppedAlpha.counted("image", "images")) in \(listing.path) had transparency, which was dropped.")
    }
    if pass.mislabelled > 0 {
      list.append(
        "\(pass.mislabelled.counted("file", "files")) in \(listing.path) whose extension names another format.")
    }
    if pass.reducedDepth > 0 {
      list.append(
        "\(pass.reducedDepth.counted("image", "images")) in \(listing.path) had 16 bits and were reduced to 8.")
    }
    if pass.codecs.count > 1 {
      let kinds = pass.codecs.sorted { $0.key < $1.key }.map { "\($0.value.grouped) \($0.key)" }
      list.append("\(listing.path) mixes encodings (\(kinds.joined(separator: ", "))); a codec's traces can be learnt.")
    }
    return list
  }
}
