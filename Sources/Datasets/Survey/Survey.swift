import Images
package import Kernels
import Synchronization

/// A survey of every image of a split: its format, its pixels, and which images cannot be read. A damaged image does
/// not end it.
package struct Survey: Sendable {
  /// One image that could be read.
  package struct Picture: Sendable {
    package let width: Int
    package let height: Int
    package let codec: String
    package let isGrey: Bool
    /// SHA-256 of the size and the pixels, those of one channel where the picture is grey.
    package let digest: ContentDigest
    /// nil if nothing is to be compared.
    package let grid: SimilarityGrid?
  }

  /// Sums over the pixels of all images that could be read, in units of 0 to 1.
  package struct Colours: Sendable, Equatable {
    /// One for each channel: grey, or red, green and blue.
    package let mean: [Double]
    package let deviation: [Double]
  }

  package struct Damage: Sendable {
    package let index: Int
    package let sentence: String
  }

  package let listing: SplitListing
  /// In the listing's order; nil for those that could not be read.
  package let pictures: [Picture?]
  package let damaged: [Damage]
  package let colours: Colours
  /// How many JPEGs were saved with which quality and which sampling of their colours.
  package let jpegQualities: [Int: Int]
  package let jpegSamplings: [String: Int]
  package let warnings: [String]
}

extension Dataset {
  /// Surveys the images of a listing of this data set.
  ///
  /// - Parameter compares: whether the pictures will be searched for copies.
  /// - Throws: `DataError` or `FileError` if the listing as a whole cannot be read.
  package func survey(
    _ listing: SplitListing, compares: Bool, pool: ThreadPool, progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) throws -> Survey {
    let reader = try source.reader(of: listing)
    let count = listing.entries.count
    let chunk = 16
    let total = Mutex(SurveyPass(count: count))
    pool.run(chunks: (count + chunk - 1) / chunk) { index, _ in
      let places = index * chunk..<min(count, (index + 1) * chunk)
      let part = places.map { SurveyPass.Item(reader, $0, compares: compares) }
      total.withLock { total in
        for (place, item) in zip(places, part) { total.add(item, at: place) }
        progress?(total.done)
      }
    }
    return total.withLock { $0 }.survey(of: listing)
  }
}

/// The running sums of a survey.
private struct SurveyPass: Sendable {
  /// The result for one image.
  struct Item: Sendable {
    var picture: Survey.Picture?
    var moments: [UInt64] = []
    var tables: JPEGTables?
    /// Traits of the file to count.
    var counts = LoadPass()
    var damage: String?

    init(_ reader: any ImageReader, _ index: Int, compares: Bool) {
      do {
        let stored = try reader.stored(at: index)
        if case .file(let bytes, _) = stored { tables = JPEGTables(bytes) }
        let source = try SourceImage(stored)
        let own = source.image.isGrey ? source.image.luminance() : source.image
        moments = own.pixels.withUnsafeBufferPointer { pixels in
          let traits = ImageTraits(pixels, channels: own.channels)
          return (0..<2 * own.channels).map { traits.moments[$0] }
        }
        var digest = Digest()
        for number in [own.height, own.width, own.channels] { digest.update(UInt64(number)) }
        digest.update(own.pixels)
        picture = Survey.Picture(
          width: own.width, height: own.height, codec: source.codec, isGrey: own.channels == 1,
          digest: digest.content(), grid: compares ? SimilarityGrid(own) : nil)
        counts.add(source, at: index)
      } catch {
        damage = "\(error)"
      }
    }
  }

  var pictures: [Survey.Picture?]
  var damaged: [Survey.Damage] = []
  var done = 0
  private var pass = LoadPass()
  private var samplings: [String: Int] = [:]
  private var qualities: [Int: Int] = [:]
  /// Pixels and moments of the grey images, and of the others.
  private var grey = (pixels: UInt64(0), moments: [UInt64](repeating: 0, count: 2))
  private var colour = (pixels: UInt64(0), moments: [UInt64](repeating: 0, count: 6))

  init(count: Int) { pictures = [Survey.Picture?](repeating: nil, count: count) }

  mutating func add(_ item: Item, at place: Int) {
    done += 1
    if let damage = item.damage { damaged.append(Survey.Damage(index: place, sentence: damage)) }
    guard let picture = item.picture else { return }
    pictures[place] = picture
    pass.add(item.counts)
    if picture.codec == "jpeg", let tables = item.tables {
      samplings[tables.sampling, default: 0] += 1
      qualities[tables.quality, default: 0] += 1
    }
    let pixels = UInt64(picture.width * picture.height)
    if picture.isGrey {
      grey.pixels += pixels
      for (k, value) in item.moments.enumerated() { grey.moments[k] += value }
    } else {
      colour.pixels += pixels
      for (k, value) in item.moments.enumerated() { colour.moments[k] += value }
    }
  }

  func survey(of listing: SplitListing) -> Survey {
    // A grey image among coloured ones counts in each of their channels.
    let channels = colour.pixels > 0 ? 3 : 1
    let count = Double(colour.pixels + grey.pixels)
    let moments = (0..<channels).map { channel in
      (
        sum: Double(grey.moments[0]) + (channels == 3 ? Double(colour.moments[2 * channel]) : 0),
        squares: Double(grey.moments[1]) + (channels == 3 ? Double(colour.moments[2 * channel + 1]) : 0)
      )
    }
    let means = moments.map { count > 0 ? $0.sum / count / 255 : 0 }
    let deviations = zip(moments, means).map { moment, mean in
      count > 0 ? max(0, moment.squares / count / 65_025 - mean * mean).squareRoot() : 0
    }
    return Survey(
      listing: listing, pictures: pictures, damaged: damaged.sorted { $0.index < $1.index },
      colours: Survey.Colours(mean: means, deviation: deviations), jpegQualities: qualities, jpegSamplings: samplings,
      warnings: listing.warnings + pass.warnings(path: listing.path))
  }
}
