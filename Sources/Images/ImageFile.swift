internal import Glibc

/// Reads whole image files, with three system calls and one allocation each.
package enum ImageFile {
  /// The longest file that is read: 16-bit RGBA at the pixel limit, stored without compression, is shorter.
  package static let byteLimit = 2 << 30

  /// The bytes of the regular file at `path`; throws `ImageError` if there is none or it cannot be read.
  package static func bytes(at path: String) throws(ImageError) -> [UInt8] {
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(errno, path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno, path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    let size = Int(status.st_size)
    guard size <= byteLimit else { throw .fileTooLarge(path: path, bytes: size, limit: byteLimit) }

    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size, let base = buffer.baseAddress {
        let count = read(descriptor, base + filled, size - filled)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { problem = errno }
        if count <= 0 { break }
        filled += count
      }
    }
    guard problem == 0 else { throw failure(problem, path) }
    return bytes
  }

  private static func failure(_ code: Int32, _ path: String) -> ImageError {
    switch code {
    case ENOENT, ENOTDIR: .notFound(path: path)
    case EACCES, EPERM: .notPermitted(path: path)
    case EISDIR, ENXIO: .notAFile(path: path)
    default: .unreadable(path: path, reason: String(cString: strerror(code)))
    }
  }
}
