import Reports
import Testing

@Suite struct EventFileTests {
  /// The test vectors of RFC 3720, B.4.
  @Test func checksums() {
    #expect(EventFile.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(EventFile.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(EventFile.checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(EventFile.checksum(Array("123456789".utf8)) == 0xE306_9283)
  }

  /// The bytes that TensorFlow's own writer has for the same events.
  @Test func recordsAreTensorFlows() {
    var file = EventFile(time: 1.5)
    let start: [UInt8] = [
      24, 0, 0, 0, 0, 0, 0, 0, 163, 127, 75, 34, 9, 0, 0, 0, 0, 0, 0, 248, 63, 26, 13, 98, 114, 97, 105, 110, 46, 69,
      118, 101, 110, 116, 58, 50,
    ]
    #expect(file.bytes.starts(with: start) && file.bytes.count == 40)
    let first = file.bytes
    file.add("training/loss", 0.25, step: 300, time: 2)
    #expect(file.bytes.starts(with: first))
    let message: [UInt8] =
      [9, 0, 0, 0, 0, 0, 0, 0, 64, 16, 172, 2, 42, 22, 10, 20, 10, 13] + Array("training/loss".utf8)
      + [21, 0, 0, 128, 62]
    #expect(Array(file.bytes[52..<52 + message.count]) == message)
    #expect(file.bytes.count == 40 + 16 + message.count)
  }
}
