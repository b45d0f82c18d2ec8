import CZlib

/// Inflates a raw deflate stream in a file, portion by portion.
struct Inflater {
  /// Deflate never turns one byte into more (RFC 1951: 258 bytes by two bits).
  static let greatestExpansion = 1032
  private static let portion = 1 << 18

  let file: InputFile
  /// Where the stream lies in the file.
  let range: Range<Int>
  /// What to call it in an error.
  let name: String
}

extension Inflater {
  /// The first `count` bytes. Throws `DataError.damaged` if the stream is corrupt or shorter. With `isWhole`, it also
  /// throws if the stream is longer.
  func bytes(_ count: Int, isWhole: Bool) throws -> [UInt8] {
    guard count / Self.greatestExpansion <= range.count else {
      throw DataError.damaged(name, "it cannot be inflated to the size in its header")
    }
    return try [UInt8](unsafeUninitializedCapacity: max(count, 1)) { output, filled in
      var stream = z_stream()
      guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw DataError.damaged(name, "zlib could not be started")
      }
      defer { inflateEnd(&stream) }
      var read = range.lowerBound
      var input: [UInt8] = []
      var written = 0
      var status = Z_OK
      while status == Z_OK && (written < count || isWhole) {
        input = try file.bytes(at: read, count: min(Self.portion, range.upperBound - read))
        read += input.count
        try input.withUnsafeMutableBufferPointer { portion in
          stream.next_in = portion.baseAddress
          stream.avail_in = UInt32(portion.count)
          repeat {
            // Room for one more byte detects a stream that is longer than its header says.
            let room = min(count - written, 1 << 30)
            var surplus: UInt8 = 0
            if room > 0 {
              stream.next_out = output.baseAddress.map { $0 + written }
              stream.avail_out = UInt32(room)
              status = inflate(&stream, Z_NO_FLUSH)
              written += room - Int(stream.avail_out)
            } else {
              status = withUnsafeMutablePointer(to: &surplus) {
                stream.next_out = $0
                stream.avail_out = 1
                return inflate(&stream, Z_NO_FLUSH)
              }
              if stream.avail_out == 0 { throw DataError.damaged(name, "it is longer than its header says") }
            }
          } while status == Z_OK && stream.avail_in > 0 && (written < count || isWhole)
        }
        if status == Z_BUF_ERROR { status = Z_OK }
        if input.isEmpty { break }
      }
      guard status == Z_OK || status == Z_STREAM_END else { throw DataError.damaged(name, "it cannot be inflated") }
      guard written == count, !isWhole || status == Z_STREAM_END else {
        throw DataError.damaged(name, "it is shorter than its header says")
      }
      filled = written
    }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { checksum($0) } }

  /// CRC-32 as zip and gzip use it.
  ///
  /// - Parameter before: the checksum of the bytes before these.
  static func checksum(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_z(uLong(before), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }
}
