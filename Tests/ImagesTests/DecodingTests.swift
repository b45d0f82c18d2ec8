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
    #expect(decoded.image.pixels == Array(Golden.shared.decodedPixels[expected.pixelRange]))
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
