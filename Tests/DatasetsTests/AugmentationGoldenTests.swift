import Datasets
import Foundation
import Images
import Randomness
import Testing

/// The operations on single images against Pillow and torchvision (`Golden/augmentation.py`).
struct AugmentationGoldenTests {
  private struct Golden: Decodable {
    struct Enhancement: Decodable {
      let factor: Float
      let brightness: [UInt8]
      let contrast: [UInt8]
      let saturation: [UInt8]
    }

    struct Hue: Decodable {
      let turn: Double
      let pixels: [UInt8]
    }

    struct Crop: Decodable {
      let window: [Int]
      let pixels: [UInt8]
    }

    struct Window: Decodable {
      let part: Int
      let size: [Int]
      let area: [Double]
      let aspect: [Double]
      let window: [Int]
    }

    struct Erasing: Decodable {
      let part: Int
      let window: [Int]?
    }

    struct Changed: Decodable {
      let change: String
      let magnitude: Int
      let isNegative: Bool
      let isGrey: Bool
      let pixels: [UInt8]
    }

    let enhancements: [Enhancement]
    let hues: [Hue]
    let crops: [Crop]
    let windows: [Window]
    let erasings: [Erasing]
    let changes: [Changed]
  }

  private let golden: Golden

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/augmentation.json")
    golden = try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: file))
  }

  private func image(_ width: Int, _ height: Int) -> Image {
    Image(
      width: width, height: height, channels: 3,
      pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + $0 * 31 + $0 % 3 * 80) })
  }

  @Test func coloursArePillows() {
    let picture = image(7, 5)
    for golden in golden.enhancements {
      #expect(Bool(picture.withBrightness(golden.factor).pixels == golden.brightness), "\(golden.factor)")
      #expect(Bool(picture.withContrast(golden.factor).pixels == golden.contrast), "\(golden.factor)")
      #expect(Bool(picture.withSaturation(golden.factor).pixels == golden.saturation), "\(golden.factor)")
    }
    for golden in golden.hues {
      #expect(Bool(picture.withHue(turnedBy: golden.turn).pixels == golden.pixels), "\(golden.turn)")
    }
  }

  @Test func changesOfRandAugmentAreTorchvisions() throws {
    let small = image(13, 11)
    // Large and dull, where a change looks at how often values occur.
    var dull = image(40, 30)
    dull.pixels = dull.pixels.map { $0 / 3 + 40 }
    for golden in golden.changes {
      let picture = ["Identity", "AutoContrast", "Equalize"].contains(golden.change) ? dull : small
      let change = try #require(
        RandAugment.Change.allCases.first { $0.rawValue.lowercased() == golden.change.lowercased() })
      var canvas = Canvas(golden.isGrey ? picture.luminance() : picture)
      RandAugment(magnitude: golden.magnitude).apply(change, isNegative: golden.isNegative, to: &canvas)
      #expect(
        Bool(canvas.image.pixels == golden.pixels),
        "\(golden.change) \(golden.magnitude) \(golden.isNegative) \(golden.isGrey)")
    }
    #expect(Set(golden.changes.map(\.change)).count == RandAugment.Change.allCases.count)
  }

  @Test func cropsAreTorchvisions() {
    let picture = image(23, 17)
    for crop in golden.crops {
      let window = crop.window
      let own = picture.cropped(x: window[0], y: window[1], width: window[2], height: window[3])
        .resized(width: 8, height: 8, filter: .bilinear)
      #expect(Bool(own.pixels == crop.pixels), "\(window)")
    }
  }

  @Test func windowsAreTorchvisions() {
    let stream = RandomStream(seed: 5, purpose: "augmentation")
    for golden in golden.windows {
      var part = stream.split(golden.part)
      let crop = RandomResizedCrop(area: golden.area, aspect: golden.aspect)
      let window = crop.window(width: golden.size[0], height: golden.size[1], from: &part)
      #expect([window.x, window.y, window.width, window.height] == golden.window, "part \(golden.part)")
    }
  }

  @Test func erasingsAreTorchvisions() {
    let stream = RandomStream(seed: 6, purpose: "augmentation")
    for golden in golden.erasings {
      var part = stream.split(golden.part)
      let window = RandomErasing(probability: 0.75).window(width: 36, height: 28, from: &part)
      let own = window.map { [$0.columns.lowerBound, $0.rows.lowerBound, $0.columns.count, $0.rows.count] }
      #expect(own == golden.window, "part \(golden.part)")
    }
  }
}
