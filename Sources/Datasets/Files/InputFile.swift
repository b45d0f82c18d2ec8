import Foundation

/// A regular file open for reading at any place, from any thread, or what a pipe delivered (`PipedInput`). Other pipes and
/// devices are refused, so no input can make the program wait forever.
package final class InputFile: Sendable {
  package let path: String
  /// The size in bytes when the file was opened.
  package let size: Int
  private let descriptor: Int32

  /// Throws `FileError` if there is no such file, it may not be read, or it is not a regular file.
  package init(_ path: String) throws {
    var status = stat()
    let descriptor = PipedInput.descriptor(of: path) ?? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(.open, path, code: errno) }
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError(.open, path, code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(.read, path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    self.path = path
    self.descriptor = descriptor
    self.size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Up to `count` bytes from `offset`: fewer only at the end of the file.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    let available = max(0, min(count, size - offset))
    return try [UInt8](unsafeUninitializedCapacity: available) { buffer, filled in
      while filled < available {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, available - filled, off_t(offset + filled))
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw FileError(.read, path, code: errno) }
        if got == 0 { break }
        filled += got
      }
    }
  }

  /// Exactly `count` bytes from `offset`, which lay in the file when it was opened. Throws `FileError`, and
  /// `DataError.damaged` if the file has become shorter since.
  func wholeBytes(at offset: Int, count: Int) throws -> [UInt8] {
    let bytes = try bytes(at: offset, count: count)
    guard bytes.count == count else { throw DataError.damaged(path, "it became shorter while it was read") }
    return bytes
  }

  /// Fills memory with the bytes from `offset`. Throws `FileError` if the system refuses, and `DataError.damaged` if
  /// the file ends early.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    var filled = 0
    while filled < target.count {
      let got = pread(
        descriptor, target.baseAddress.map { $0 + filled }, target.count - filled, off_t(offset + filled))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw FileError(.read, path, code: errno) }
      guard got > 0 else { throw DataError.damaged(path, "it became shorter while it was read") }
      filled += got
    }
  }

  /// The whole of a file.
  package static func contents(of path: String) throws -> [UInt8] {
    let file = try InputFile(path)
    return try file.bytes(at: 0, count: file.size)
  }
}
