import Foundation

/// The layout of a packed store: a head that names the format, the images one after the other, a record for each image,
/// the images' names, a description in JSON, and an end with the places and checksums of all these.
///
/// All numbers are little-endian. The end is written last, so a truncated file has none.
enum StoreLayout {
  static let beginning = Array("cas-pack-store-1".utf8)
  static let ending = Array("cas-pack-store-e".utf8)
  /// Bytes of an image's record: offset (8), length (4), CRC-32 (4), class (4), length of the name (4).
  static let recordBytes = 24
  /// Seven numbers of 8 bytes, four checksums, and the mark.
  static let endBytes = 7 * 8 + 4 * 4 + 16
}

/// What the description of a store holds.
struct StoreDescription: Codable, Equatable {
  struct Part: Codable, Equatable {
    var split: Split
    /// Its images are the next so many records.
    var images: Int
    var classes: Int
    /// nil if the format that it came from has only numbers.
    var classNames: [String]?
    var emptyClasses: [String]
    var ignoredHidden: Int
    var ignoredOther: Int
    var warnings: [String]
  }

  /// Pixels of one shape; nil if the images are the bytes of PNG and JPEG files.
  struct Pixels: Codable, Equatable {
    var height: Int
    var width: Int
    var channels: Int
    /// The images' codecs before packing.
    var codec: String
  }

  /// Where the images come from.
  struct Provenance: Codable, Equatable {
    /// The last component of the path that was packed.
    var source: String
    var format: DataFormat
    /// The program that packed it.
    var version: String
    /// How images were made to fit; nil if nothing was.
    var input: Int?
    var resize: String?
  }

  var parts: [Part]
  var pixels: Pixels?
  var provenance: Provenance
}

/// The end of a store: where its parts lie, checked against the length of the file and its own checksum.
struct StoreEnd: Equatable {
  var count: Int
  var records: Range<Int>
  var names: Range<Int>
  var description: Range<Int>
  var recordsChecksum: UInt32
  var namesChecksum: UInt32
  var descriptionChecksum: UInt32
}

extension StoreEnd {
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for number in [
      count, records.lowerBound, records.count, names.lowerBound, names.count, description.lowerBound,
      description.count,
    ] { bytes.appendLittleEndian(UInt64(number)) }
    for number in [recordsChecksum, namesChecksum, descriptionChecksum] { bytes.appendLittleEndian(number) }
    bytes.appendLittleEndian(Inflater.checksum(bytes))
    return bytes + StoreLayout.ending
  }

  /// Reads and checks the end of a store. Throws `DataError.damaged` or `FileError`.
  init(of file: InputFile) throws {
    func damaged(_ reason: String) -> DataError { .damaged(file.path, reason) }
    let start = file.size - StoreLayout.endBytes
    guard start >= StoreLayout.beginning.count else { throw damaged("the packed store is cut short") }
    let bytes = try file.wholeBytes(at: start, count: StoreLayout.endBytes)
    guard bytes.suffix(16).elementsEqual(StoreLayout.ending) else { throw damaged("the packed store is cut short") }
    guard Inflater.checksum(Array(bytes[..<68])) == UInt32(bytes.small(at: 68, count: 4)) else {
      throw damaged("the end of the packed store is damaged")
    }
    let numbers = (0..<7).map { bytes.littleEndian(at: 8 * $0, count: 8) ?? -1 }
    // The parts follow each other without a gap, so none can lie outside the file.
    guard numbers.allSatisfy({ $0 >= 0 && $0 <= file.size }), numbers[2] == numbers[0] * StoreLayout.recordBytes,
      numbers[1] >= StoreLayout.beginning.count, numbers[1] + numbers[2] == numbers[3],
      numbers[3] + numbers[4] == numbers[5], numbers[5] + numbers[6] == start
    else { throw damaged("the parts of the packed store do not fill its file") }
    count = numbers[0]
    records = numbers[1]..<numbers[3]
    names = numbers[3]..<numbers[5]
    description = numbers[5]..<start
    recordsChecksum = UInt32(bytes.small(at: 56, count: 4))
    namesChecksum = UInt32(bytes.small(at: 60, count: 4))
    descriptionChecksum = UInt32(bytes.small(at: 64, count: 4))
  }
}

/// What a store says about one image.
struct StoreRecord {
  let offset: Int
  let length: Int
  let checksum: UInt32
  let label: Int
  let nameLength: Int

  /// Record `index` among whole records.
  init(_ records: [UInt8], _ index: Int) {
    let start = index * StoreLayout.recordBytes
    offset = records.littleEndian(at: start, count: 8) ?? -1
    length = records.small(at: start + 8, count: 4)
    checksum = UInt32(records.small(at: start + 12, count: 4))
    label = records.small(at: start + 16, count: 4)
    nameLength = records.small(at: start + 20, count: 4)
  }
}
