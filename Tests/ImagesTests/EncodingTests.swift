import Images
import Testing

@Suite struct EncodingTests {
  static let sizes = [(1, 1), (1, 7), (7, 1), (13, 11), (64, 48)]

  @Test(arguments: sizes, [1, 3])
  func decodedPNGEqualsTheImage(_ size: (Int, Int), _ channels: Int) throws {
    let pixels = SplitMix.bytes(seed: 11, count: size.0 * size.1 * channels)
    let image = Image(width: size.0, height: size.1, channels: channels, pixels: pixels)
    let encoded = try PNG.encode(image)
    let decoded = try ImageDecoder.decode(encoded, path: "x.png")
    #expect(decoded.image == image)
    #expect(decoded.codec == .png)
    #expect(try PNG.encode(image) == encoded)
  }

  @Test(arguments: [1, 3])
  func decodedJPEGEqualsPillowsOfTheSameQuality(_ channels: Int) throws {
    let golden = Golden.shared
    let source = try #require(golden.scaled("jpeg").first { $0.channels == channels })
    let expected = try #require(golden.scaled("jpeg-decoded").first { $0.channels == channels })
    let count = source.width * source.height * channels
    let image = Image(
      width: source.width, height: source.height, channels: channels,
      pixels: Array(golden.scaledPixels[source.offset..<source.offset + count]))
    let encoded = try JPEG.encode(image, quality: 90)
    let decoded = try ImageDecoder.decode(encoded, path: "x.jpg")
    #expect(decoded.image.channels == channels)
    #expect(Bool(decoded.image.pixels == Array(golden.scaledPixels[expected.offset..<expected.offset + count])))
    #expect(try JPEG.encode(image) == encoded)
  }

  @Test func qualityIsCutToItsRange() throws {
    let image = Image(width: 9, height: 9, channels: 3, pixels: SplitMix.bytes(seed: 12, count: 243))
    #expect(try JPEG.encode(image, quality: -5) == JPEG.encode(image, quality: 1))
    #expect(try JPEG.encode(image, quality: 500) == JPEG.encode(image, quality: 100))
    #expect(try JPEG.encode(image, quality: 1).count < JPEG.encode(image, quality: 100).count)
  }

  @Test func aSideThatJPEGCannotHold() {
    let image = Image(width: 65_501, height: 1, channels: 1, pixels: [UInt8](repeating: 9, count: 65_501))
    #expect(
      throws: ImageError.cannotEncode(
        codec: .jpeg, width: 65_501, height: 1, detail: .sideAbove(65500))
    ) { try JPEG.encode(image) }
  }
}
