/// The two orders of names: by bytes for classes, natural for the members of a class.
package enum NameOrder {
  /// Whether `first` comes before `second` when their UTF-8 bytes are compared.
  package static func bytes(_ first: String, _ second: String) -> Bool {
    first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  /// Whether `first` comes before `second` when runs of the digits 0 to 9 are compared as numbers and all else as
  /// bytes: "2.png" before "10.png". Names that differ only in leading zeros are ordered by their bytes.
  package static func natural(_ first: String, _ second: String) -> Bool {
    var a = first
    var b = second
    let order = a.withUTF8 { a in b.withUTF8 { b in compared(a, b) } }
    return order == 0 ? bytes(first, second) : order < 0
  }

  /// Negative, zero or positive as `a` comes before, with or after `b` in natural order, leading zeros left out.
  private static func compared(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    var i = 0
    var j = 0
    while i < a.count && j < b.count {
      if isDigit(a[i]) && isDigit(b[j]) {
        while i < a.count && a[i] == 0x30 { i += 1 }
        while j < b.count && b[j] == 0x30 { j += 1 }
        let firstEnd = a[i...].firstIndex { !isDigit($0) } ?? a.count
        let secondEnd = b[j...].firstIndex { !isDigit($0) } ?? b.count
        if firstEnd - i != secondEnd - j { return (firstEnd - i) - (secondEnd - j) }
        while i < firstEnd {
          if a[i] != b[j] { return Int(a[i]) - Int(b[j]) }
          i += 1
          j += 1
        }
      } else {
        if a[i] != b[j] { return Int(a[i]) - Int(b[j]) }
        i += 1
        j += 1
      }
    }
    return (a.count - i) - (b.count - j)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
