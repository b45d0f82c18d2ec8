import CZlib
import Foundation

/// A file that is read sequentially and may be gzip-compressed, which its first bytes show.
final class GzipFile {
  let path: String
  /// The most bytes that the file can hold when inflated: deflate never does better than 1 to 1,032.
  let largestContents: Int
  private let file: gzFile

  /// Throws `FileError`.
  init(_ path: String) throws {
    let size = try InputFile(path).size
    guard let file = gzopen(path, "rb") else { throw FileError(.open, path, code: errno) }
    gzbuffer(file, 1 << 17)
    self.path = path
    self.file = file
    let (product, overflow) = size.multipliedReportingOverflow(by: gzdirect(file) == 1 ? 1 : 1032)
    largestContents = overflow ? Int.max : product
  }

  deinit { gzclose(file) }

  /// The next bytes, exactly `count` of them. Throws `DataError.damaged` if the file ends early or is corrupt.
  func bytes(_ count: Int) throws -> [UInt8] {
    guard count <= largestContents else { throw DataError.damaged(path, "it is shorter than its header says") }
    var result: [UInt8] = []
    result.reserveCapacity(min(count, 1 << 28))
    while result.count < count {
      let portion = try [UInt8](unsafeUninitializedCapacity: min(count - result.count, 1 << 22)) { buffer, filled in
        let got = gzread(file, buffer.baseAddress, UInt32(buffer.count))
        guard got > 0 else { throw failure(short: got == 0) }
        filled = Int(got)
      }
      result.append(contentsOf: portion)
    }
    return result
  }

  /// Throws if there is more in the file than was read, or its checksum is wrong.
  func expectEnd() throws {
    var byte: UInt8 = 0
    let got = gzread(file, &byte, 1)
    var code: Int32 = Z_OK
    _ = gzerror(file, &code)
    // A truncated checksum is no failure of the read itself.
    if got < 0 || code != Z_OK { throw failure(short: false) }
    if got > 0 { throw DataError.damaged(path, "it is longer than its header says") }
  }

  private func failure(short: Bool) -> DataError {
    var code: Int32 = 0
    let text = gzerror(file, &code).map { String(cString: $0) } ?? ""
    if short && code == Z_OK { return DataError.damaged(path, "it is shorter than its header says") }
    // zlib prefixes its message with the path.
    let reason = text.hasPrefix("\(path): ") ? String(text.dropFirst(path.count + 2)) : text
    return DataError.damaged(path, "it cannot be inflated (\(reason.isEmpty ? "zlib error \(code)" : reason))")
  }
}
