import Foundation

/// A regular file as memory: the system fetches its pages when they are looked at, and can drop them again.
///
/// What you give up by using it: a file that another program shortens while it is mapped ends this one by a signal.
/// Files that are written aside and renamed, as all of this package's, never become shorter.
final class MappedFile: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer

  /// Throws `FileError`.
  init(_ path: String) throws {
    let file = try InputFile(path)
    self.path = path
    guard file.size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, file.size, PROT_READ, MAP_SHARED, file.descriptor, 0), address != MAP_FAILED else {
      throw FileError(.read, path, code: errno)
    }
    bytes = UnsafeRawBufferPointer(start: address, count: file.size)
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  /// The bytes of `range`, which must lie inside.
  subscript(range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

  /// The little-endian number at `offset`, which must lie inside.
  func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
    Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
