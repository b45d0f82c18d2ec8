/// Numbers over the steps of a training as a file that TensorBoard reads: TFRecords of `tensorflow.Event` messages
/// (`event.proto`, `summary.proto`). The same numbers give the same bytes, and more numbers more bytes behind them.
package struct EventFile: Sendable {
  private(set) package var bytes: [UInt8] = []

  /// - Parameter time: seconds since 1970 at which the training began.
  package init(time: Double) {
    append(
      Message {
        $0.double(1, time); $0.bytes(3, Array("brain.Event:2".utf8))
      })
  }

  /// - Parameters:
  ///   - time: seconds since 1970.
  ///   - tag: what the number is, with a slash between group and name.
  package mutating func add(_ tag: String, _ value: Double, step: Int, time: Double) {
    let number = Message {
      $0.bytes(1, Array(tag.utf8)); $0.float(2, Float(value))
    }
    let summary = Message { $0.bytes(1, number.bytes) }
    append(
      Message {
        $0.double(1, time); $0.integer(2, step); $0.bytes(5, summary.bytes)
      })
  }

  /// A record: its length, the length's checksum, the message, and its checksum.
  private mutating func append(_ message: Message) {
    let length = Self.littleEndian(UInt64(message.bytes.count))
    bytes += length + Self.littleEndian(Self.maskedChecksum(length))
    bytes += message.bytes + Self.littleEndian(Self.maskedChecksum(message.bytes))
  }

  fileprivate static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// CRC-32C (Castagnoli), rotated and shifted as TFRecords ask for.
  private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let sum = checksum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }

  /// CRC-32C (Castagnoli): the reflected polynomial 0x82F63B78.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
  }

  /// The fields of a protocol buffer message.
  private struct Message {
    private(set) var bytes: [UInt8] = []

    init(_ fill: (inout Message) -> Void) { fill(&self) }

    private mutating func varint(_ value: UInt64) {
      var rest = value
      while rest > 0x7F {
        bytes.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }

    private mutating func key(_ field: UInt64, _ kind: UInt64) { varint(field << 3 | kind) }

    mutating func integer(_ field: UInt64, _ value: Int) {
      key(field, 0)
      varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func double(_ field: UInt64, _ value: Double) {
      key(field, 1)
      bytes += EventFile.littleEndian(value.bitPattern)
    }

    mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
      key(field, 2)
      varint(UInt64(value.count))
      bytes += value
    }

    mutating func float(_ field: UInt64, _ value: Float) {
      key(field, 5)
      bytes += EventFile.littleEndian(value.bitPattern)
    }
  }
}
