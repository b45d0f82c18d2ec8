import Foundation
import Images
import Testing

/// What Golden/make.py wrote: the odd files, what Pillow decodes them to, and its resamplings.
struct Golden: Sendable {
  struct Picture: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let codec: ImageCodec
    let width: Int
    let height: Int
    let channels: Int
    let bitDepth: Int
    let droppedAlpha: Bool
    let mislabelled: Bool
    let offset: Int

    var testDescription: String { file }
    var pixelRange: Range<Int> { offset..<offset + width * height * channels }
  }

  struct Scaling: Decodable, Sendable, CustomTestStringConvertible {
    let kind: String
    let seed: UInt64
    let fromWidth: Int
    let fromHeight: Int
    let width: Int
    let height: Int
    let channels: Int
    let filter: ResampleFilter
    let offset: Int

    var testDescription: String { "\(kind) \(fromWidth)x\(fromHeight)x\(channels) to \(width)x\(height) \(filter)" }

    /// The picture that make.py scaled.
    var source: Image {
      var samples = SplitMix.bytes(seed: seed, count: fromWidth * fromHeight * channels)
      if seed % 2 == 1 { samples = samples.map { $0 < 128 ? 0 : 255 } }
      return Image(width: fromWidth, height: fromHeight, channels: channels, pixels: samples)
    }
  }

  let decoding: [Picture]
  let resampling: [Scaling]
  let decodedPixels: [UInt8]
  let scaledPixels: [UInt8]

  private struct Index: Decodable {
    let decoding: [Picture]
    let resampling: [Scaling]
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden").path

  static func path(_ file: String) -> String { "\(folder)/files/\(file)" }

  static func bytes(_ file: String) throws -> [UInt8] { try ImageFile.bytes(at: path(file)) }

  /// Nothing can be tested without the golden files, so their absence ends the tests with its error.
  static let shared: Golden = {
    do {
      let json = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/index.json"))
      let index = try JSONDecoder().decode(Index.self, from: json)
      return Golden(
        decoding: index.decoding, resampling: index.resampling,
        decodedPixels: try ImageFile.bytes(at: "\(folder)/decoding.bin"),
        scaledPixels: try ImageFile.bytes(at: "\(folder)/resampling.bin"))
    } catch {
      preconditionFailure("the golden files of ImagesTests: \(error)")
    }
  }()

  func scaled(_ kind: String) -> [Scaling] { resampling.filter { $0.kind == kind } }
}

/// The generator of parity/peers_parity.py, whose arrays Python and Swift rebuild bit for bit.
enum SplitMix {
  static func next(_ seed: UInt64, _ index: Int) -> UInt64 {
    var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  static func bytes(seed: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(Double(next(seed, $0) >> 11) * 0x1p-53 * 256) }
  }
}
