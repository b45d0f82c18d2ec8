internal import Datasets
import Foundation

/// The right to write into the folder of a run, which one process has at a time. It ends with this object or with the
/// process, whatever ends that; nothing of it stands on the disk.
package final class RunFolderLock: Sendable {
  private let descriptor: Int32

  /// - Parameter descriptor: the folder, open and locked.
  fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}

/// Another process has the lock of a run's folder; the command line exits with 74.
package struct RunFolderInUse: Error, Equatable, CustomStringConvertible {
  package let path: String

  package var description: String {
    "Another process is writing to \(path). Wait for it, or choose another --output."
  }
}

extension RunFolder {
  /// Keeps other processes from writing into the folder; nil if there is no such folder yet.
  ///
  /// - Throws: `RunFolderInUse`, `UsageError` where it is a file, `FileError` where it cannot be opened.
  package func lock() throws -> RunFolderLock? {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      case ENOTDIR: throw UsageError.noFolder(path)
      default: throw FileError(.open, path, code: errno)
      }
    }
    let lock = RunFolderLock(descriptor)
    // A file system that knows no locks is written to all the same.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { throw RunFolderInUse(path: path) }
    return lock
  }

  /// Makes the folder if it is missing, with all folders above it, and locks it.
  ///
  /// - Throws: as `lock()`.
  package func made() throws -> RunFolderLock {
    if let lock = try lock() { return lock }
    try makeFolder(path)
    guard let lock = try lock() else { throw FileError(.open, path, code: ENOENT) }
    return lock
  }

  /// Makes a folder that nobody else has: `path`, or with -2, -3 … after it if that is taken.
  ///
  /// - Throws: `FileError`.
  package static func new(_ path: String) throws -> RunFolder {
    let folder = RunFolder(path: path)
    try folder.makeFolder(PathParts(path).folder)
    for number in 1...1000 {
      let chosen = number == 1 ? path : "\(path)-\(number)"
      if mkdir(chosen, 0o777) == 0 { return RunFolder(path: chosen) }
      guard errno == EEXIST else { throw FileError(.create, chosen, code: errno) }
    }
    throw FileError(.create, path, code: EEXIST)
  }
}
