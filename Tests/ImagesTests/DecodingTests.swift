import Foundation
import Images
import Testing

@Suite struct DecodingTests {
  @Test(arguments: Golden.shared.decoding)
  func pixelsEqualPillows(_ expected: Golden.Picture) throws {
    let decoded = try ImageDecoder.decode(contentsOf: Golden.path(expected.file))
    #expect(decoded.codec == expected.codec)
    #expect(decoded.droppedAlpha == expected.droppedAlpha)
    #expect(decoded.bitDepth == expected.bitDepth)
    #expect(decoded.mislabelled == expected.mislabelled)
    #expect(decoded.image.width == expected.width)
    #expect(decoded.image.height == expected.height)
    #expect(decoded.image.channels == expected.channels)
    #expect(Bool(decoded.image.pixels == Array(Golden.shared.decodedPixels[expected.pixelRange])))
  }

  @Test func tableHasAllKinds() {
    let pictures = Golden.shared.decoding
    #expect(pictures.count { $0.codec == .png } > 150)
    #expect(pictures.count { $0.codec == .jpeg } > 80)
    #expect(Set(pictures.map(\.bitDepth)) == [1, 2, 4, 8, 16])
    #expect(pictures.contains { $0.mislabelled })
  }

  @Test(arguments: [
    ("a.png", ImageCodec.png), ("a/b.c/d.JPG", .jpeg), ("x.Jpeg", .jpeg), ("x.jfif", .jpeg), ("x.jpe", .jpeg),
    ("x.apng", .png), ("png", nil), ("a.png/b", nil), ("x.png.txt", nil), ("", nil), ("x.", nil),
  ])
  func extensionsClaimACodec(_ path: String, _ codec: ImageCodec?) {
    #expect(ImageCodec.claimed(byExtensionOf: path) == codec)
  }

  @Test func bytesAndFileDecodeAlike() throws {
    let file = "colour-420-33x29.jpg"
    let fromFile = try ImageDecoder.decode(contentsOf: Golden.path(file))
    #expect(try ImageDecoder.decode(Golden.bytes(file), path: file) == fromFile)
  }

  /// Rows 0 1 2 and 3 4 5, by the definition of each value in EXIF's table.
  @Test(
    arguments: [
      (1, [0, 1, 2, 3, 4, 5]), (2, [2, 1, 0, 5, 4, 3]), (3, [5, 4, 3, 2, 1, 0]), (4, [3, 4, 5, 0, 1, 2]),
      (5, [0, 3, 1, 4, 2, 5]), (6, [3, 0, 4, 1, 5, 2]), (7, [5, 2, 4, 1, 3, 0]), (8, [2, 5, 1, 4, 0, 3]),
    ] as [(Int, [UInt8])])
  func orientationsMovePixels(value: Int, expected: [UInt8]) throws {
    let image = Image(width: 3, height: 2, channels: 1, pixels: [0, 1, 2, 3, 4, 5])
    let turned = image.turned(try #require(Orientation(rawValue: value)))
    #expect(turned.pixels == expected && turned.width == (value < 5 ? 3 : 2))
  }

  /// Three values do not fit into an entry of EXIF's directory, which then says where they are.
  @Test func anOrientationMayStandBehindTheDirectory() {
    let tiff: [UInt8] =
      [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0] + [0x12, 1, 3, 0, 3, 0, 0, 0, 26, 0, 0, 0] + [0, 0, 0, 0, 6, 0, 1, 0, 1, 0]
    let segment = Array("Exif\0\0".utf8) + tiff
    let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(segment.count + 2)] + segment + [0xFF, 0xD9]
    #expect(Orientation(jpeg: jpeg).rawValue == 6)
  }

  @Test func everyOrientationIsUndoneByItsInverse() {
    let image = Image(width: 5, height: 3, channels: 3, pixels: SplitMix.bytes(seed: 5, count: 45))
    for orientation in Orientation.allCases {
      let inverse: Orientation =
        switch orientation {
        case .turnLeftwards: .turnRightwards
        case .turnRightwards: .turnLeftwards
        default: orientation
        }
      #expect(image.turned(orientation).turned(inverse) == image)
    }
  }
}
