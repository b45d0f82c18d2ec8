import Foundation
import Images
import Kernels
import Synchronization

/// Decodes the images of a listing in parallel, straight to their place among the samples, or only to inspect them if
/// they will be streamed.
///
/// The result, and the error if there is one, do not depend on the number of threads.
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
    guard let first = order.first else { throw DataError.noImages(listing.path) }
    // The first image gives the size and, unless they are set, the channels. If a later image has colour after a guess
    // of one channel, everything is decoded again.
    let image = try reader.image(at: first).image
    let channels = options.channels ?? (image.isGrey ? 1 : 3)
    var result = try decode(order, fit: try fit(like: image, channels: channels), pool, progress)
    if options.channels == nil && result.pass.hasColour && channels == 1 {
      result = try decode(order, fit: try fit(like: image, channels: 3), pool, progress)
    }
    return samples(result, order: order)
  }

  /// The entries whose class counts, by target class and then in the listing's order.
  private func entriesInOrder() -> [Int] {
    var ofClass = [[Int]](repeating: [], count: classes.classNames.count)
    for (index, entry) in listing.entries.enumerated() {
      if let target = classes.targets[entry.classIndex] { ofClass[target].append(index) }
    }
    return Array(ofClass.joined())
  }

  private func fit(like image: Image, channels: Int) throws -> SampleFit {
    let shape = Shape(
      height: options.input ?? image.height, width: options.input ?? image.width, channels: channels)
    guard let size = shape.height.times(shape.width)?.times(channels), size.times(listing.entries.count) != nil else {
      throw DataError.tooManyPixels(listing.path, images: listing.entries.count)
    }
    return SampleFit(shape: shape, options: options)
  }

  /// Whether the pixels of so many images are kept in memory. Throws if they must be and cannot.
  private func keepsPixels(_ count: Int, _ shape: Shape) throws -> Bool {
    let bytes = count * shape.count
    switch options.storage {
    case .stream: return false
    case .memoryUpTo(let limit): return bytes <= limit
    case .memory:
      guard bytes <= AvailableMemory.total else {
        throw DataError.tooManyPixels(listing.path, images: listing.entries.count)
      }
      return true
    }
  }
}

extension SampleLoader {
  private struct Result {
    let pass: LoadPass
    let block: SampleBlock
    let traits: [ImageTraits]
    let shape: Shape
  }

  /// The memory of all pixels and of the traits; every place is written by one thread only.
  private struct Destination: @unchecked Sendable {
    /// nil if the images are streamed.
    let pixels: UnsafeMutablePointer<UInt8>?
    let traits: UnsafeMutablePointer<ImageTraits>
  }

  private func decode(
    _ order: [Int], fit: SampleFit, _ pool: ThreadPool, _ progress: (@Sendable (Int, Int) -> Void)?
  ) throws -> Result {
    let shape = fit.shape
    let keeps = try keepsPixels(order.count, shape)
    var pixels: [UInt8] = []
    var pass = LoadPass()
    let traits = try [ImageTraits](unsafeUninitializedCapacity: order.count) { traits, filled in
      guard let places = traits.baseAddress else { return }
      let blank = [UInt8](repeating: 0, count: shape.channels)
      let none = blank.withUnsafeBufferPointer { ImageTraits($0, channels: shape.channels) }
      places.initialize(repeating: none, count: order.count)
      filled = order.count
      if keeps {
        pixels = [UInt8](unsafeUninitializedCapacity: order.count * shape.count) { buffer, filled in
          pass = decode(order, fit: fit, Destination(pixels: buffer.baseAddress, traits: places), pool, progress)
          filled = order.count * shape.count
        }
      } else {
        pass = decode(order, fit: fit, Destination(pixels: nil, traits: places), pool, progress)
      }
      if let failure = pass.failure { throw failure.error }
      try requireFit(pass, shape, order: order)
    }
    // If nothing was resized, an augmentation that crops the original finds no more than the sample.
    let hasLargerOriginals = options.cutsAll || !pass.fits(shape)
    let block =
      !keeps || (options.keepsOriginals && hasLargerOriginals)
      ? SampleBlock.stream(
        SampleStream(
          reader: reader, entries: order, fit: fit, path: listing.path, hasLargerOriginals: hasLargerOriginals))
      : .memory(pixels)
    return Result(pass: pass, block: block, traits: traits, shape: shape)
  }

  private func decode(
    _ order: [Int], fit: SampleFit, _ destination: Destination, _ pool: ThreadPool,
    _ progress: (@Sendable (Int, Int) -> Void)?
  ) -> LoadPass {
    let total = Mutex(LoadPass())
    let chunks = (order.count + Self.chunk - 1) / Self.chunk
    pool.run(chunks: chunks) { chunk, _ in
      let places = (chunk * Self.chunk)..<min(order.count, (chunk + 1) * Self.chunk)
      // After a failure nothing matters any more; before it, an earlier one may still occur.
      if let failure = total.withLock({ $0.failure?.place }), failure < places.lowerBound { return }
      let part = decode(order, places: places, fit: fit, destination)
      total.withLock { total in
        total.add(part)
        progress?(total.done, order.count)
      }
    }
    return total.withLock { $0 }
  }

  private func decode(
    _ order: [Int], places: Range<Int>, fit: SampleFit, _ destination: Destination
  ) -> LoadPass {
    var part = LoadPass()
    for place in places {
      do {
        let source = try reader.image(at: order[place], leastSide: fit.leastSide)
        part.add(source, at: place)
        if options.channels == nil && !source.image.isGrey { part.hasColour = true }
        if let image = fit.fitted(source.image) {
          image.pixels.withUnsafeBufferPointer { pixels in
            part.add(pixels: pixels)
            var traits = ImageTraits(pixels, channels: fit.shape.channels)
            if options.keepsOriginals, !fit.keeps(source.image) { traits.note(original: fit.inChannels(source.image)) }
            destination.traits[place] = traits
            if let target = destination.pixels, let base = pixels.baseAddress {
              (target + place * fit.shape.count).update(from: base, count: fit.shape.count)
            }
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

  private func requireFit(_ pass: LoadPass, _ shape: Shape, order: [Int]) throws {
    guard !pass.fits(shape) && (options.input == nil || options.resize == nil) else { return }
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

  private func samples(_ result: Result, order: [Int]) -> Samples {
    var origin = Samples.Origin(path: listing.path)
    origin.split = listing.split
    origin.codecs = result.pass.codecs
    origin.jpegQuality = result.pass.medianQuality
    origin.storedSide = result.pass.medianSide
    origin.ignoredHidden = listing.ignoredHidden
    origin.ignoredOther = listing.ignoredOther
    origin.warnings = listing.warnings + result.pass.warnings(path: listing.path)
    return Samples(
      classNames: classes.classNames, shape: result.shape,
      labels: order.map { Int32(classes.targets[listing.entries[$0].classIndex] ?? 0) },
      members: order.map { listing.entries[$0].member }, block: result.block, traits: result.traits, origin: origin)
  }
}
