import Foundation
import Synchronization

/// Data sets that a pipe delivers: `-` is standard input, `/dev/fd/N` a pipe that the parent opened, as the shell does
/// for `<(…)`.
///
/// A pipe can be read once and in order, but a data set is read at any place and more than once. So its bytes go into a
/// file without a name in the folder for temporary files, which the system removes when the program ends, however it ends.
package enum PipedInput {
  package static let standardInput = "-"

  /// The copies by path. A pipe is empty once it was read, so they last as long as the program.
  private static let copies = Mutex<[String: Int32]>([:])

  /// Whether `path` means a pipe. Other named pipes are refused, because a forgotten one would be waited for forever.
  package static func isPipe(_ path: String) -> Bool {
    guard let number = descriptorNumber(path) else { return false }
    if path == standardInput { return true }
    var status = stat()
    return fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  /// Reads the pipe to its end, if that was not done before.
  ///
  /// - Throws: `DataError.noPipe` if standard input is a terminal, or nothing came; `FileError`.
  static func receive(_ path: String) throws {
    try copies.withLock { copies in
      guard copies[path] == nil, let source = descriptorNumber(path) else { return }
      guard isatty(source) == 0, fcntl(source, F_GETFD) >= 0 else { throw DataError.noPipe(path) }
      copies[path] = try copy(source, path: path)
    }
  }

  /// A new descriptor of what `path` delivered; nil if it is no pipe that was received.
  static func descriptor(of path: String) -> Int32? {
    guard let copy = copies.withLock({ $0[path] }) else { return nil }
    return fcntl(copy, F_DUPFD_CLOEXEC, 0)
  }

  private static func descriptorNumber(_ path: String) -> Int32? {
    if path == standardInput || path == "/dev/stdin" { return STDIN_FILENO }
    let folder = "/dev/fd/"
    return path.hasPrefix(folder) ? Int32(path.dropFirst(folder.count)) : nil
  }

  private static func copy(_ source: Int32, path: String) throws -> Int32 {
    let folder = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(folder)/cas-pipe-XXXXXX".utf8CString)
    let target = mkstemp(&template)
    guard target >= 0 else { throw FileError(.create, folder, code: errno) }
    unlink(template)
    _ = fcntl(target, F_SETFD, FD_CLOEXEC)
    do {
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
      defer { buffer.deallocate() }
      while true {
        let got = read(source, buffer.baseAddress, buffer.count)
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw FileError(.read, path, code: errno) }
        guard got > 0 else { break }
        var written = 0
        while written < got {
          let count = write(target, buffer.baseAddress.map { $0 + written }, got - written)
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { throw FileError(.write, folder, code: count < 0 ? errno : ENOSPC) }
          written += count
        }
      }
      guard lseek(target, 0, SEEK_CUR) > 0 else { throw DataError.noPipe(path) }
      return target
    } catch {
      close(target)
      throw error
    }
  }
}
