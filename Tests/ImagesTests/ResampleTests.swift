import Images
import Testing

@Suite struct ResampleTests {
  @Test(arguments: Golden.shared.scaled("bytes"))
  func bytesEqualPillows(_ expected: Golden.Scaling) {
    let scaled = expected.source.resized(width: expected.width, height: expected.height, filter: expected.filter)
    let range = expected.offset..<expected.offset + expected.width * expected.height * expected.channels
    #expect(scaled.width == expected.width)
    #expect(scaled.height == expected.height)
    #expect(Bool(scaled.pixels == Array(Golden.shared.scaledPixels[range])))
  }

  @Test(arguments: Golden.shared.scaled("floats"))
  func floatsEqualPillows(_ expected: Golden.Scaling) {
    let scaled = FloatImage(expected.source).resampled(
      width: expected.width, height: expected.height, filter: expected.filter)
    let bytes = Golden.shared.scaledPixels
    for (k, value) in scaled.values.enumerated() {
      let at = expected.offset + 4 * k
      let bits =
        UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
      #expect(value == Float(bitPattern: bits), "sample \(k)")
    }
  }

  struct CleanResize: Sendable {
    let width: Int
    let height: Int
    let side: Int
    let sum: Double
    let first: [Float]
    let middle: [Float]
    let last: [Float]
  }

  /// parity/peers_parity.json: Clean-FID's resize of the picture of seed 9.
  @Test(arguments: [
    CleanResize(
      width: 32, height: 32, side: 299, sum: 34135275.7436443,
      first: [182.12124633789062, 219.6387939453125, 50.19781494140625],
      middle: [144.81640625, 61.2734375, 74.93359375],
      last: [255.0, 255.0, 224.92454528808594]),
    CleanResize(
      width: 48, height: 64, side: 32, sum: 390164.51012420654,
      first: [152.82852172851562, 82.705810546875, 146.1306610107422],
      middle: [137.49916076660156, 122.09004974365234, 108.23310089111328],
      last: [105.88928985595703, 128.28164672851562, 126.99040222167969]),
    CleanResize(
      width: 300, height: 400, side: 299, sum: 34189530.30645799,
      first: [187.04092407226562, 189.1398468017578, 52.68590545654297],
      middle: [136.23036193847656, 229.34918212890625, 139.34878540039062],
      last: [165.79954528808594, 206.69537353515625, 70.56404113769531]),
  ])
  func cleanResizeSums(_ expected: CleanResize) {
    let pixels = SplitMix.bytes(seed: 9, count: expected.width * expected.height * 3)
    let image = Image(width: expected.width, height: expected.height, channels: 3, pixels: pixels)
    let scaled = FloatImage(image).resampled(width: expected.side, height: expected.side, filter: .bicubic)
    let clipped = scaled.values.map { max(0, min(255, $0)) }
    let sum = clipped.reduce(0.0) { $0 + Double($1) }
    #expect(abs(sum / expected.sum - 1) < 1e-7)
    let middle = (expected.side / 2 * expected.side + expected.side / 2) * 3
    for (start, pixel) in [(0, expected.first), (middle, expected.middle), (clipped.count - 3, expected.last)] {
      for k in 0..<3 { #expect(abs(clipped[start + k] - pixel[k]) < 1e-3) }
    }
  }

  @Test(arguments: ResampleFilter.allCases)
  func aFlatPictureStaysFlat(_ filter: ResampleFilter) {
    let image = Image(width: 31, height: 17, channels: 3, pixels: [UInt8](repeating: 255, count: 31 * 17 * 3))
    #expect(image.resized(width: 100, height: 3, filter: filter).pixels.allSatisfy { $0 == 255 })
  }

  @Test func halvingByBoxIsTheRoundedMean() {
    let image = Image(width: 4, height: 1, channels: 1, pixels: [0, 10, 7, 8])
    #expect(image.resized(width: 2, height: 1, filter: .box).pixels == [5, 8])
  }

  @Test(arguments: Golden.shared.scaled("crop"))
  func cropKeepsTheMiddle(_ expected: Golden.Scaling) {
    let square = expected.source.resized(toSquare: expected.width, mode: .crop, filter: expected.filter)
    let range = expected.offset..<expected.offset + expected.width * expected.width * expected.channels
    #expect(square.width == expected.width)
    #expect(square.height == expected.width)
    #expect(Bool(square.pixels == Array(Golden.shared.scaledPixels[range])))
  }

  @Test(arguments: [(40, 30, 7), (31, 90, 64), (9, 8, 30), (12, 12, 5)], ResampleFilter.allCases)
  func cropIsThePartOfTheWholeResize(_ size: (Int, Int, Int), _ filter: ResampleFilter) {
    let (width, height, side) = size
    let image = Image(width: width, height: height, channels: 1, pixels: SplitMix.bytes(seed: 8, count: width * height))
    let long = side * max(width, height) / min(width, height)
    let whole = image.resized(
      width: width < height ? side : long, height: width < height ? long : side, filter: filter)
    func offset(_ length: Int) -> Int { Int((Double(length - side) / 2).rounded(.toNearestOrEven)) }
    let part = whole.cropped(x: offset(whole.width), y: offset(whole.height), width: side, height: side)
    #expect(image.resized(toSquare: side, mode: .crop, filter: filter) == part)
  }

  @Test func theInnerCropLosesAnEighthOfTheShortSide() {
    let image = Image(width: 20, height: 16, channels: 1, pixels: SplitMix.bytes(seed: 9, count: 320))
    #expect(
      image.resized(toSquare: 14, mode: .cropInner, filter: .bicubic)
        == image.cropped(x: 3, y: 1, width: 14, height: 14))
    #expect(ResizeMode.cropInner.shortSide(for: 224) == 256 && ResizeMode.crop.shortSide(for: 224) == 224)
    #expect(ResizeMode.list == "squash, crop or crop-inner")
  }

  /// The whole scaled picture would have 10^10 pixels.
  @Test(arguments: ResizeMode.allCases, [(1, 1_000_000), (1_000_000, 1)])
  func extremeShapesNeedNoMoreMemoryThanTheirSquare(_ mode: ResizeMode, _ size: (Int, Int)) {
    let pixels = [UInt8](repeating: 77, count: 1_000_000)
    let image = Image(width: size.0, height: size.1, channels: 1, pixels: pixels)
    let square = image.resized(toSquare: 100, mode: mode, filter: .bicubic)
    #expect(square == Image(width: 100, height: 100, channels: 1, pixels: Array(pixels.prefix(10_000))))
  }

  @Test func squashIsAPlainResize() {
    let image = Image(width: 6, height: 9, channels: 1, pixels: SplitMix.bytes(seed: 3, count: 54))
    #expect(
      image.resized(toSquare: 4, mode: .squash, filter: .lanczos)
        == image.resized(width: 4, height: 4, filter: .lanczos))
  }

  @Test func cropsTakeTheirPixels() {
    let image = Image(width: 4, height: 3, channels: 1, pixels: Array(0..<12))
    #expect(image.cropped(x: 1, y: 1, width: 2, height: 2).pixels == [5, 6, 9, 10])
    #expect(image.cropped(x: 0, y: 0, width: 4, height: 3) == image)
  }
}
