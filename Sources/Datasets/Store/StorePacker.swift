import Foundation
package import Images
package import Kernels
import Synchronization

/// Writes a data set into one packed store: the files as they are, or pixels of one size.
package struct StorePacker: Sendable {
  package struct Options: Sendable {
    /// Whether pixels are stored where the source has files; always so with `input`, and where the source is an array.
    package var asPixels = false
    package var input: Int?
    package var resize: ResizeMode?
    /// The program that writes, for the description.
    package var version = ""

    package init() {}
  }

  /// What was written.
  package struct Summary: Sendable {
    package var images = 0
    package var bytes = 0
    /// Height, width and channels; nil for files as they are.
    package var shape: Shape?
    package var warnings: [String] = []
  }

  private let dataset: Dataset
  private let options: Options
  private let pool: ThreadPool

  package init(_ dataset: Dataset, options: Options, pool: ThreadPool) {
    self.dataset = dataset
    self.options = options
    self.pool = pool
  }
}

extension StorePacker {
  /// Every image is decoded once, so a store holds no damaged image. The same data and options give the same bytes.
  /// Throws `DataError`, `ImageError` or `FileError`.
  package func write(
    to path: String, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Summary {
    let listings = try dataset.splits.map { try dataset.source.list($0) }
    let total = listings.reduce(0) { $0 + $1.entries.count }
    let samples = try asPixels(listings) ? pixelSamples(listings) { progress($0 / 2, total) } : nil
    let codec = samples.map { Set($0.flatMap(\.summary.codecs.keys)) }.flatMap { $0.count == 1 ? $0.first : "raw" }
    var description = StoreDescription(
      parts: [], pixels: nil,
      provenance: StoreDescription.Provenance(
        source: PathParts(dataset.path).name, format: dataset.format, version: options.version,
        input: options.input, resize: options.resize?.rawValue))
    var summary = Summary()
    if let shape = samples?.first?.shape {
      description.pixels = StoreDescription.Pixels(
        height: shape.height, width: shape.width, channels: shape.channels, codec: codec ?? "raw")
      summary.shape = shape
    }
    AtomicFile.removeLeftovers(of: path)
    try AtomicFile.write(to: path) { writer in
      var output = Output(writer: writer)
      try output.write(StoreLayout.beginning)
      for (index, listing) in listings.enumerated() {
        var warnings = listing.warnings
        if let samples { warnings = samples[index].summary.warnings }
        let order = listing.entries.indices.sorted {
          (listing.entries[$0].classIndex, $0) < (listing.entries[$1].classIndex, $1)
        }
        let done = summary.images
        try contents(
          of: listing, order: order, samples: samples?[index],
          progress: { places in
            progress(samples == nil ? done + places : total / 2 + (done + places) / 2, total)
          },
          consume: { bytes, place in try output.append(bytes, listing.entries[order[place]]) })
        summary.images += order.count
        summary.warnings += warnings
        description.parts.append(
          StoreDescription.Part(
            split: listing.split, images: order.count, classes: listing.classCounts.count,
            classNames: listing.classNames, emptyClasses: listing.emptyClasses, ignoredHidden: listing.ignoredHidden,
            ignoredOther: listing.ignoredOther, warnings: warnings))
      }
      try output.finish(description)
      summary.bytes = output.offset
    }
    return summary
  }

  /// The file that a store is written to, with the data that its end needs.
  private struct Output {
    let writer: FileWriter
    private(set) var offset = 0
    private var records: [UInt8] = []
    private var names: [UInt8] = []
    private var count = 0

    init(writer: FileWriter) { self.writer = writer }

    mutating func write(_ bytes: [UInt8]) throws {
      try writer.write(bytes)
      offset += bytes.count
    }

    mutating func append(_ bytes: [UInt8], _ entry: SplitListing.Entry) throws {
      records.appendLittleEndian(UInt64(offset))
      records.appendLittleEndian(UInt32(bytes.count))
      records.appendLittleEndian(Inflater.checksum(bytes))
      records.appendLittleEndian(UInt32(entry.classIndex))
      records.appendLittleEndian(UInt32(entry.member.utf8.count))
      names += Array(entry.member.utf8)
      count += 1
      try write(bytes)
    }

    mutating func finish(_ description: StoreDescription) throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let text = Array(try encoder.encode(description))
      let start = offset
      let end = StoreEnd(
        count: count, records: start..<start + records.count,
        names: start + records.count..<start + records.count + names.count,
        description: start + records.count + names.count..<start + records.count + names.count + text.count,
        recordsChecksum: Inflater.checksum(records), namesChecksum: Inflater.checksum(names),
        descriptionChecksum: Inflater.checksum(text))
      try write(records)
      try write(names)
      try write(text)
      try write(end.bytes)
    }
  }

  private func asPixels(_ listings: [SplitListing]) throws -> Bool {
    if options.asPixels || options.input != nil { return true }
    guard let listing = listings.first(where: { !$0.entries.isEmpty }) else { return false }
    if case .pixels = try dataset.source.reader(of: listing).stored(at: 0) { return true }
    return false
  }

  /// The samples of each split, streamed, all of one shape.
  private func pixelSamples(_ listings: [SplitListing], progress: @escaping @Sendable (Int) -> Void) throws -> [Samples]
  {
    var load = LoadOptions(input: options.input, resize: options.resize)
    load.storage = .stream
    func samples(_ listing: SplitListing) throws -> Samples {
      let numbers = listing.classCounts.indices
      return try dataset.load(
        listing, classes: ClassAssignment(classNames: numbers.map(String.init), targets: numbers.map { $0 }),
        options: load, pool: pool, progress: { done, _ in progress(done) })
    }
    let found = try listings.map(samples)
    for other in found.dropFirst() { try other.requireSize(of: found[0], title: "other split") }
    // One split may be grey and the other one not.
    guard Set(found.map(\.shape.channels)).count > 1 else { return found }
    load.channels = 3
    return try listings.map(samples)
  }

  /// Calls `consume` with the bytes of each image in order; a few hundred are prepared at a time, in parallel.
  private func contents(
    of listing: SplitListing, order: [Int], samples: Samples?, progress: (Int) -> Void,
    consume: (_ bytes: [UInt8], _ place: Int) throws -> Void
  ) throws {
    let window = 256
    let reader = try dataset.source.reader(of: listing)
    for start in stride(from: 0, to: order.count, by: window) {
      let places = start..<min(order.count, start + window)
      let prepared = Mutex([Result<[UInt8], any Error>?](repeating: nil, count: places.count))
      pool.run(chunks: places.count) { chunk, _ in
        let result = Result {
          if let samples { return try samples.withPixels(of: start + chunk) { Array($0) } }
          return try Self.checkedFile(reader, order[start + chunk])
        }
        prepared.withLock { $0[chunk] = result }
      }
      for (chunk, result) in prepared.withLock({ $0 }).enumerated() {
        if let result { try consume(try result.get(), start + chunk) }
      }
      progress(places.upperBound)
    }
  }

  /// The bytes of a file that can be decoded.
  private static func checkedFile(_ reader: any ImageReader, _ index: Int) throws -> [UInt8] {
    switch try reader.stored(at: index) {
    case .file(let bytes, let name):
      _ = try ImageDecoder.decode(bytes, path: name)
      return bytes
    case .pixels(let image, _, _): return try PNG.encode(image)
    }
  }
}
