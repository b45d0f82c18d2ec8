/// An array of numbers as NumPy's `.npy` format holds it: element type, shape, and the elements in C order.
package struct NPYArray: Equatable, Sendable {
  package enum Element: String, Sendable, CaseIterable {
    case uint8 = "|u1"
    case int32 = "<i4"
    case int64 = "<i8"
    case float32 = "<f4"
    case float64 = "<f8"

    package var bytes: Int {
      switch self {
      case .uint8: 1
      case .int32, .float32: 4
      case .int64, .float64: 8
      }
    }
  }

  package let element: Element
  package let shape: [Int]
  /// The elements, little-endian.
  package let bytes: [UInt8]

  /// `bytes` must fill the shape.
  package init(element: Element, shape: [Int], bytes: [UInt8]) {
    precondition(bytes.count == shape.reduce(element.bytes, *), "the bytes do not fill the array's shape")
    self.element = element
    self.shape = shape
    self.bytes = bytes
  }

  package init(_ values: [UInt8], shape: [Int]) { self.init(element: .uint8, shape: shape, bytes: values) }
  package init(_ values: [Int32], shape: [Int]) { self.init(element: .int32, shape: shape, values) }
  package init(_ values: [Int64], shape: [Int]) { self.init(element: .int64, shape: shape, values) }
  package init(_ values: [Float], shape: [Int]) { self.init(element: .float32, shape: shape, values) }
  package init(_ values: [Double], shape: [Int]) { self.init(element: .float64, shape: shape, values) }

  private init<Value: BitwiseCopyable>(element: Element, shape: [Int], _ values: [Value]) {
    self.init(element: element, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
  }
}

extension NPYArray {
  /// The elements as 8-bit numbers, nil where the array holds others.
  package var uint8: [UInt8]? { element == .uint8 ? bytes : nil }
  package var int32: [Int32]? { values(as: Int32.self, if: .int32) }
  package var int64: [Int64]? { values(as: Int64.self, if: .int64) }
  package var float32: [Float]? { values(as: Float.self, if: .float32) }
  package var float64: [Double]? { values(as: Double.self, if: .float64) }

  private func values<Value: BitwiseCopyable>(as type: Value.Type, if expected: Element) -> [Value]? {
    guard element == expected else { return nil }
    return [Value](unsafeUninitializedCapacity: bytes.count / MemoryLayout<Value>.stride) { buffer, filled in
      filled = bytes.count / MemoryLayout<Value>.stride
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
    }
  }
}

extension NPYArray {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The whole `.npy` file, format version 1.0, its header padded to a multiple of 64 bytes.
  package func encoded() -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let fields = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(extents)), }"
    let padding = (64 - (Self.magic.count + 4 + fields.utf8.count + 1) % 64) % 64
    let header = Array(fields.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    return Self.magic + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)] + header + bytes
  }

  /// Reads a `.npy` file of format version 1, 2 or 3. Throws `DataError.damaged` with `name` in it where the bytes are
  /// no such file, the element type is another one, or the order is Fortran's.
  package init(decoding file: [UInt8], name: String) throws {
    let layout = try NPYLayout(file, name: name)
    guard file.count - layout.offset == layout.size else {
      throw DataError.damaged(
        name,
        "it holds \(file.count - layout.offset) bytes of elements, its shape \(layout.shapeText) needs \(layout.size)")
    }
    self.init(element: layout.element, shape: layout.shape, bytes: Array(file[layout.offset...]))
  }
}

/// What the header of a `.npy` file says: where the elements begin, what they are, and how many bytes they take.
struct NPYLayout {
  let element: NPYArray.Element
  let shape: [Int]
  let shapeText: String
  /// From the start of the file.
  let offset: Int
  let size: Int

  /// - Parameter file: the whole file, or so much of it that the header is in it.
  init(_ file: [UInt8], name: String) throws {
    func damaged(_ reason: String) -> DataError { .damaged(name, reason) }
    guard file.count >= 12, Array(file[..<6]) == NPYArray.magic, (1...3).contains(file[6]) else {
      throw damaged("it is not a .npy array")
    }
    let lengthBytes = file[6] == 1 ? 2 : 4
    let length = file[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + lengthBytes + length
    guard start <= file.count else { throw damaged("its header is cut short") }
    let header = String(decoding: file[(8 + lengthBytes)..<start], as: UTF8.self)
    guard let type = Self.field("descr", of: header), let order = Self.field("fortran_order", of: header),
      let extents = Self.field("shape", of: header)
    else { throw damaged("its header cannot be read") }
    guard let element = NPYArray.Element(rawValue: type.trimming(["'", "\""])) else {
      throw damaged("its element type \(type) is none of uint8, int32, int64, float32 and float64")
    }
    guard order == "False" else { throw damaged("it is in Fortran order, which numpy.ascontiguousarray changes") }
    let shape = extents.trimming(["(", ")"]).split(separator: ",").map { Int($0.trimming([" "])) ?? -1 }
    var size = element.bytes
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { throw damaged("its shape \(extents) is not possible") }
      size = product
    }
    self.element = element
    self.shape = shape
    shapeText = extents
    offset = start
    self.size = size
  }

  /// The text of one value in the header, which is a Python dictionary.
  private static func field(_ key: String, of header: String) -> String? {
    for quote in ["'", "\""] {
      guard let found = header.firstRange(of: "\(quote)\(key)\(quote):") else { continue }
      let rest = header[found.upperBound...].drop { $0 == " " }
      let end = rest.first == "(" ? rest.firstIndex(of: ")").map { rest.index(after: $0) } : rest.firstIndex(of: ",")
      return end.map { String(rest[..<$0]) }
    }
    return nil
  }
}

extension StringProtocol {
  /// The text without these characters at both ends.
  fileprivate func trimming(_ characters: Set<Character>) -> String {
    String(self.drop { characters.contains($0) }.reversed().drop { characters.contains($0) }.reversed())
  }
}
