/// Makes tar archives for tests, sound and unsound ones.
package struct TarWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// An archive of these files.
  package static func archive(_ members: [(String, [UInt8])]) -> [UInt8] {
    var writer = TarWriter()
    for (name, contents) in members { writer.add(name, contents) }
    return writer.finished
  }

  /// `size` is what the header says, where that is not the truth; `prefix` is ustar's, the folder of the name.
  package mutating func add(
    _ name: String, _ contents: [UInt8], type: String = "0", size: Int? = nil, prefix: String = ""
  ) {
    var name = Array(name.utf8)
    if name.count > 100 {
      add("././@LongLink", name + [0], type: "L")
      name = Array(name.prefix(100))
    }
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ field: [UInt8], at offset: Int) { header.replaceSubrange(offset..<offset + field.count, with: field) }
    func octal(_ value: Int, _ count: Int) -> [UInt8] {
      let digits = String(value, radix: 8)
      return Array((String(repeating: "0", count: max(0, count - 1 - digits.count)) + digits).utf8) + [0]
    }
    put(name, at: 0)
    put(octal(0o644, 8), at: 100)
    put(octal(size ?? contents.count, 12), at: 124)
    put(Array("        ".utf8), at: 148)
    put(Array(type.utf8), at: 156)
    put(Array("ustar".utf8) + [0, 0x30, 0x30], at: 257)
    put(Array(prefix.utf8), at: 345)
    put(octal(header.reduce(0) { $0 + Int($1) }, 7) + [0x20], at: 148)
    bytes += header + contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
  }

  /// A pax header for the member that follows.
  package mutating func addRecords(_ records: [(String, String)]) {
    let text = records.map { key, value in
      let rest = " \(key)=\(value)\n".utf8.count
      let length = (1...6).lazy.map { rest + $0 }.first { String($0).utf8.count == $0 - rest } ?? 0
      return "\(length) \(key)=\(value)\n"
    }.joined()
    add("pax", Array(text.utf8), type: "x")
  }

  package var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}

/// Makes `.npy` files with any header.
package enum NPYWriter {
  package static func file(_ type: String, shape: [Int], fortran: Bool = false, _ elements: [UInt8]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    return file(
      header: "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(extents)), }", elements)
  }

  package static func file(header: String, _ elements: [UInt8]) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0] + le(header.utf8.count + 1, 2) + Array(header.utf8) + [0x0A] + elements
  }
}
