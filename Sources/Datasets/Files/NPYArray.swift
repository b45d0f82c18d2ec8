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
  /// The elements as 8-bit numbers, nil if the array holds others.
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
  /// The whole `.npy` file, format version 1.0, its header padded to a multiple of 64 bytes.
  package func encoded() -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let fields = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(extents)), }"
    let padding = (64 - (NPYHeader.magic.count + 4 + fields.utf8.count + 1) % 64) % 64
    let header = Array(fields.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    return NPYHeader.magic + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)] + header + bytes
  }

  /// Reads a `.npy` file of format version 1, 2 or 3. Throws `DataError.damaged` with `name` in it where the bytes are
  /// no such file, the element type is another one, or the order is Fortran's.
  package init(decoding file: [UInt8], name: String) throws {
    func damaged(_ reason: String) -> DataError { .damaged(name, reason) }
    let header = try NPYHeader(file, name: name)
    let element = try Element(of: header, name: name)
    guard file.count - header.length == header.size else {
      throw damaged(
        "it holds \(file.count - header.length) bytes of elements, its shape \(header.shapeText) needs \(header.size)")
    }
    self.init(element: element, shape: header.shape, bytes: Array(file[header.length...]))
  }
}

extension NPYArray.Element {
  /// The type of an array in C order. Throws `DataError.damaged` for any other order and for types that are not read.
  init(of header: NPYHeader, name: String) throws {
    guard let element = Self(rawValue: header.typeText.trimming(["'", "\""])) else {
      throw DataError.damaged(
        name, "its element type \(header.typeText) is none of uint8, int32, int64, float32 and float64")
    }
    guard !header.isFortran else {
      throw DataError.damaged(name, "it is in Fortran order, which numpy.ascontiguousarray changes")
    }
    self = element
  }
}
