import Foundation

/// The safetensors container: a JSON header that names tensors, then their bytes.
///
/// Layout: eight bytes of header length (little endian), the header, the data. Written here with sorted names and
/// tensors in that order, so that equal contents give equal bytes, and with a checksum among the metadata.
package struct SafeTensors: Sendable {
  package struct Entry: Sendable, Equatable {
    package var shape: [Int]
    package var values: Values

    package init(shape: [Int], values: Values) {
      self.shape = shape
      self.values = values
    }
  }

  package enum Values: Sendable, Equatable {
    case float([Float])
    case integer([Int64])

    package var count: Int {
      switch self {
      case .float(let values): values.count
      case .integer(let values): values.count
      }
    }
  }

  package var metadata: [String: String]
  package var tensors: [String: Entry]
  /// The types of tensors that are in the file, but of a type that is not read.
  package var unread: [String: String] = [:]

  package init(metadata: [String: String] = [:], tensors: [String: Entry] = [:]) {
    self.metadata = metadata
    self.tensors = tensors
  }
}

extension SafeTensors {
  /// The number of elements of all tensors together.
  package var numbers: Int { tensors.values.reduce(0) { $0 + $1.values.count } }

  private struct Header: Codable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  /// The bytes of the container.
  package func serialized() throws -> [UInt8] {
    var fields: [String] = []
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    fields.append("\"__metadata__\":\(try json(metadata.merging([Self.checksumKey: checksum]) { $1 }))")
    var offset = 0
    let names = tensors.keys.sorted(by: Self.precedes)
    for name in names {
      guard let entry = tensors[name] else { continue }
      let (dtype, bytes) =
        switch entry.values {
        case .float(let values): ("F32", 4 * values.count)
        case .integer(let values): ("I64", 8 * values.count)
        }
      let header = Header(dtype: dtype, shape: entry.shape, offsets: [offset, offset + bytes])
      fields.append("\(try json(name)):\(try json(header))")
      offset += bytes
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var result: [UInt8] = []
    result.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { result.append(contentsOf: $0) }
    result.append(contentsOf: header)
    for name in names {
      switch tensors[name]?.values {
      case .float(let values): values.withUnsafeBytes { result.append(contentsOf: $0) }
      case .integer(let values): values.withUnsafeBytes { result.append(contentsOf: $0) }
      case nil: break
      }
    }
    return result
  }
}

extension SafeTensors {
  /// Reads a container; floats of 16 and 64 bits are converted to 32.
  ///
  /// - Throws: `CheckpointError.damaged` if the header or any tensor does not fit the bytes, or the checksum is wrong.
  package init(_ bytes: [UInt8], path: String) throws {
    func damaged(_ detail: String) -> CheckpointError { .damaged(path: path, detail: detail) }
    guard bytes.count >= 8 else { throw damaged("it is shorter than the 8 bytes of a header length") }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= 2, length <= UInt64(bytes.count - 8) else { throw damaged("its header does not fit into it") }
    let end = 8 + Int(length)
    guard let root = try? JSONSerialization.jsonObject(with: Data(bytes[8..<end])) as? [String: Any] else {
      throw damaged("its header is not a JSON object")
    }
    metadata = root["__metadata__"] as? [String: String] ?? [:]
    tensors = [:]
    var taken: [Range<Int>] = []
    var entries: [(name: String, dtype: String, shape: [Int], range: Range<Int>)] = []
    for (name, value) in root.sorted(by: { $0.key < $1.key }) where name != "__metadata__" {
      guard let value = value as? [String: Any], let dtype = value["dtype"] as? String,
        let shape = value["shape"] as? [Int], let offsets = value["data_offsets"] as? [Int], offsets.count == 2,
        shape.allSatisfy({ $0 >= 0 })
      else { throw damaged("the header's entry for \(name) lacks a type, a shape or offsets") }
      guard let width = Self.widths[dtype] else {
        guard offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= bytes.count - end else {
          throw damaged("\(name) does not fit into the file")
        }
        unread[name] = dtype
        continue
      }
      var size = width
      for extent in shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: extent)
        guard !overflow else { throw damaged("\(name) is larger than memory") }
        size = product
      }
      guard offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= bytes.count - end, offsets[1] - offsets[0] == size
      else { throw damaged("\(name) does not fit into the file") }
      if size > 0 { taken.append(offsets[0]..<offsets[1]) }
      entries.append((name, dtype, shape, (end + offsets[0])..<(end + offsets[1])))
    }
    // Tensors that share their bytes would let a small file fill the memory.
    taken.sort { $0.lowerBound < $1.lowerBound }
    guard zip(taken, taken.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) else {
      throw damaged("its tensors overlap")
    }
    for (name, dtype, shape, range) in entries {
      let data = bytes[range]
      tensors[name] = Entry(shape: shape, values: Self.values(data, dtype: dtype))
    }
    // Another program may have written the numbers in another type; the checksum then has no meaning.
    let given = metadata.removeValue(forKey: Self.checksumKey)
    guard let given, unread.isEmpty, entries.allSatisfy({ ["F32", "I64"].contains($0.dtype) }) else { return }
    guard given == checksum else { throw damaged("its contents do not fit the checksum \(Self.checksumKey)") }
  }

  /// The bytes of a number, for the types that are read.
  static let widths = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "U8": 1, "I8": 1, "BOOL": 1,
  ]

  /// The numbers in `data`, of a type of `widths`.
  static func values(_ data: ArraySlice<UInt8>, dtype: String) -> Values {
    data.withUnsafeBytes { raw in
      func read<T>(_ type: T.Type) -> [T] {
        let width = MemoryLayout<T>.stride
        return (0..<raw.count / width).map { raw.loadUnaligned(fromByteOffset: $0 * width, as: type) }
      }
      return switch dtype {
      case "F64": .float(read(Double.self).map(Float.init))
      case "F32": .float(read(Float.self))
      case "F16": .float(read(UInt16.self).map(Self.float(half:)))
      case "BF16": .float(read(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
      case "I64": .integer(read(Int64.self))
      case "I32": .integer(read(Int32.self).map(Int64.init))
      case "I16": .integer(read(Int16.self).map(Int64.init))
      case "I8": .integer(read(Int8.self).map(Int64.init))
      default: .integer(raw.map(Int64.init))
      }
    }
  }

  /// IEEE 754 binary16 to binary32, subnormal numbers included.
  private static func float(half: UInt16) -> Float {
    let sign: Float = half >> 15 == 0 ? 1 : -1
    let exponent = Int(half >> 10 & 31)
    let fraction = Float(half & 1023)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
