import Images
import Testing

@Suite struct ColourTests {
  @Test func luminanceEqualsPillows() throws {
    let golden = Golden.shared
    let expected = try #require(golden.scaled("luminance").first)
    let count = expected.width * expected.height
    let grey = expected.source.luminance()
    #expect(grey.channels == 1)
    #expect(Bool(grey.pixels == Array(golden.scaledPixels[expected.offset..<expected.offset + count])))
  }

  @Test func luminanceOfGreyIsGrey() {
    let ramp = Image(width: 256, height: 1, channels: 1, pixels: Array(0...255))
    #expect(ramp.asRGB().luminance() == ramp)
    #expect(ramp.luminance() == ramp)
  }

  @Test func greyIsFoundWhateverTheChannels() {
    let ramp = Image(width: 256, height: 1, channels: 1, pixels: Array(0...255))
    #expect(ramp.isGrey)
    #expect(ramp.asRGB().isGrey)
    for channel in 0..<3 {
      var tinted = ramp.asRGB()
      tinted.pixels[3 * 200 + channel] ^= 1
      #expect(!tinted.isGrey)
    }
  }

  @Test func rgbRepeatsGrey() {
    let image = Image(width: 2, height: 1, channels: 1, pixels: [7, 9])
    #expect(image.asRGB() == Image(width: 2, height: 1, channels: 3, pixels: [7, 7, 7, 9, 9, 9]))
    #expect(image.asRGB().asRGB() == image.asRGB())
  }
}
