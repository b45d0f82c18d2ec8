import Foundation
import Synchronization

/// Files that are written whole or not at all: the bytes go to a hidden file beside the target, are flushed to the
/// disk, and take the target's name in one step. A process killed at any moment leaves the old file or the new one.
package enum AtomicFile {
  /// Writes what `contents` passes to the writer. Throws `FileError`, or what `contents` throws; the hidden file is
  /// then removed and an older target is untouched.
  package static func write(to path: String, contents: (FileWriter) throws -> Void) throws {
    let (partial, descriptor) = try create(beside: path)
    inHand.store(UInt(bitPattern: strdup(partial)), ordering: .releasing)
    // The text itself is not freed: a signal handler may be reading it.
    defer { inHand.store(0, ordering: .releasing) }
    var isOpen = true
    do {
      let writer = FileWriter(descriptor: descriptor, path: path)
      try contents(writer)
      try writer.flush()
      guard fsync(descriptor) == 0 else { throw FileError(.write, path, code: errno) }
      isOpen = false
      guard close(descriptor) == 0 else { throw FileError(.write, path, code: errno) }
      guard rename(partial, path) == 0 else { throw FileError(.rename, path, code: errno) }
    } catch {
      if isOpen { close(descriptor) }
      unlink(partial)
      throw error
    }
    flushFolder(of: path)
  }

  /// Writes `bytes` as the whole file.
  package static func write(bytes: [UInt8], to path: String) throws {
    try write(to: path) { writer in try bytes.withUnsafeBytes { try writer.write($0) } }
  }

  /// Removes the hidden files that killed processes left in `folder`. Call it only while nobody else writes there.
  package static func removeLeftovers(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(".") && name.hasSuffix(suffix) {
      unlink("\(folder)/\(name)")
    }
  }

  /// Removes the hidden files of `path` whose processes have ended without removing them.
  package static func removeLeftovers(of path: String) {
    let (folder, stem) = place(of: path)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(stem) && name.hasSuffix(suffix) {
      guard let process = pid_t(name.dropFirst(stem.count).prefix { $0 != "-" }), process > 0 else { continue }
      if kill(process, 0) != 0 && errno == ESRCH { unlink("\(folder)/\(name)") }
    }
  }

  /// Removes the hidden file that is being written, from a signal handler that ends the process next.
  package static func abandon() {
    if let path = UnsafePointer<CChar>(bitPattern: inHand.load(ordering: .acquiring)) { unlink(path) }
  }

  /// The address of the path of the hidden file that is being written, 0 without one. A signal handler can read it.
  private static let inHand = Atomic<UInt>(0)

  private static let suffix = ".cas-partial"

  /// The folder of `path`, and what the names of its hidden files there begin with.
  private static func place(of path: String) -> (folder: String, stem: String) {
    let parts = PathParts(path)
    var name = parts.name
    while name.utf8.count > 200 { name.removeLast() }
    return (parts.folder, ".\(name).")
  }

  /// A new hidden file in the folder of `path`, open for writing.
  private static func create(beside path: String) throws -> (partial: String, descriptor: Int32) {
    let (folder, stem) = place(of: path)
    for attempt in 0..<1000 {
      let partial = "\(folder)/\(stem)\(getpid())-\(attempt)\(suffix)"
      let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (partial, descriptor) }
      guard errno == EEXIST else { break }
    }
    throw FileError(.create, path, code: errno)
  }

  /// Makes the new name itself durable. A file system that cannot do so has still written the file.
  private static func flushFolder(of path: String) {
    let descriptor = open(place(of: path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// Writes to the file of an `AtomicFile`; small portions are buffered.
package final class FileWriter {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []

  fileprivate init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Appends bytes to the file; throws `FileError`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if bytes.count < 1 << 16 {
      buffer.append(contentsOf: bytes)
      if buffer.count >= 1 << 16 { try flush() }
    } else {
      try flush()
      try put(bytes)
    }
  }

  package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  fileprivate func flush() throws {
    try buffer.withUnsafeBytes { try put($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws {
    var at = 0
    while at < bytes.count {
      let written = Foundation.write(descriptor, bytes.baseAddress.map { $0 + at }, bytes.count - at)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileError(.write, path, code: written < 0 ? errno : ENOSPC) }
      at += written
    }
  }
}
