/// What the header of a `.npy` file says: element type, order and shape, and where the elements begin (NumPy, "NPY
/// format", versions 1 to 3).
struct NPYHeader: Equatable, Sendable {
  /// A kind of number: its letter in NumPy (`u`, `i`, `f`, `b`), bytes, and the order of these bytes.
  struct Element: Equatable, Sendable {
    enum Kind: Character, Sendable {
      case unsigned = "u"
      case signed = "i"
      case float = "f"
      case bool = "b"
    }

    let kind: Kind
    let bytes: Int
    let isBigEndian: Bool

    /// The name in NumPy, as "uint8".
    var name: String {
      switch kind {
      case .unsigned: "uint\(8 * bytes)"
      case .signed: "int\(8 * bytes)"
      case .float: "float\(8 * bytes)"
      case .bool: "bool"
      }
    }
  }

  let element: Element
  let isFortran: Bool
  let shape: [Int]
  /// The bytes before the first element.
  let length: Int
  /// The elements' bytes: their number times their size.
  let size: Int
  /// The element type and the shape as written in the file.
  let typeText: String
  let shapeText: String
}

extension NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// More than any header has; the longest names are those of structured types, which hold no images.
  static let longest = 1 << 16

  /// Reads the header at the beginning of `file`, of which the first `longest` bytes are enough. Throws
  /// `DataError.damaged` with `name` in it.
  init(_ file: [UInt8], name: String) throws {
    func damaged(_ reason: String) -> DataError { .damaged(name, reason) }
    guard file.count >= 12, Array(file[..<6]) == Self.magic, (1...3).contains(file[6]) else {
      throw damaged("it is not a .npy array")
    }
    let lengthBytes = file[6] == 1 ? 2 : 4
    let start = 8 + lengthBytes + file.small(at: 8, count: lengthBytes)
    guard start <= file.count else { throw damaged("its header is cut short") }
    let header = String(decoding: file[(8 + lengthBytes)..<start], as: UTF8.self)
    guard let type = Self.field("descr", of: header), let order = Self.field("fortran_order", of: header),
      let extents = Self.field("shape", of: header)
    else { throw damaged("its header cannot be read") }
    guard let element = Element(type.trimming(["'", "\""])) else {
      throw damaged("its element type \(type) is no integer and no floating-point number")
    }
    guard order == "False" || order == "True" else { throw damaged("its header cannot be read") }
    let shape = extents.trimming(["(", ")"]).split(separator: ",").map { $0.trimming([" "]) }.filter { !$0.isEmpty }
      .map { Int($0) ?? -1 }
    var size = element.bytes
    for extent in shape {
      guard extent >= 0, let product = size.times(extent) else { throw damaged("its shape \(extents) is not possible") }
      size = product
    }
    self.element = element
    self.isFortran = order == "True"
    self.shape = shape
    self.length = start
    self.size = size
    typeText = type
    shapeText = extents
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

extension NPYHeader.Element {
  /// Reads a type such as `<f4` or `|u1`; nil for one that is no number of 1 to 8 bytes.
  init?(_ text: String) {
    guard text.count == 3, let order = text.first, let letter = text.dropFirst().first,
      let bytes = text.last?.wholeNumberValue, let kind = Kind(rawValue: letter)
    else { return nil }
    switch (kind, bytes) {
    case (.unsigned, 1), (.unsigned, 2), (.unsigned, 4), (.unsigned, 8), (.signed, 1), (.signed, 2), (.signed, 4),
      (.signed, 8), (.float, 2), (.float, 4), (.float, 8), (.bool, 1):
      break
    default: return nil
    }
    guard "<>|=".contains(order) else { return nil }
    self.init(kind: kind, bytes: bytes, isBigEndian: order == ">")
  }
}

extension StringProtocol {
  /// The text without these characters at its ends.
  func trimming(_ characters: Set<Character>) -> String {
    String(self.drop { characters.contains($0) }.reversed().drop { characters.contains($0) }.reversed())
  }
}
