// Numbers as archives and arrays store them.

extension [UInt8] {
  /// The little-endian number of `count` bytes (at most 8) at `offset`, which must lie inside; nil if it is larger
  /// than any size of a file.
  func littleEndian(at offset: Int, count: Int) -> Int? {
    var value: UInt64 = 0
    for place in 0..<count { value |= UInt64(self[offset + place]) << UInt64(8 * place) }
    return Int(exactly: value)
  }

  /// The same for up to 4 bytes, which always fit.
  func small(at offset: Int, count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) }
  }

  mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

extension Int {
  /// The sum, or nil if it does not fit.
  func adding(_ other: Int) -> Int? {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? nil : sum
  }

  /// The product, or nil if it does not fit.
  func times(_ other: Int) -> Int? {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? nil : product
  }
}
