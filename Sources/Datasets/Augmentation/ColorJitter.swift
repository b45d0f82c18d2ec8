import Foundation
package import Images
package import Randomness

/// Random brightness, contrast, saturation and hue, in a random order (torchvision's `ColorJitter` on Pillow images).
package struct ColorJitter: Sendable, Equatable {
  /// Factors are uniform from 1 - b to 1 + b, but not negative.
  package var brightness: Double
  package var contrast: Double
  package var saturation: Double
  /// The hue shift is uniform from -h to h, as a fraction of the circle; at most 1/2.
  package var hue: Double

  package init(brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  static let expectation = "brightness, contrast and saturation from 0 to 10, and hue from 0 to 0.5"

  var isPossible: Bool {
    [brightness, contrast, saturation].allSatisfy { (0...10).contains($0) } && (0...0.5).contains(hue)
  }
}

extension ColorJitter: Codable {
  private enum CodingKeys: String, CodingKey { case brightness, contrast, saturation, hue }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    if let value = try container.decodeIfPresent(Double.self, forKey: .brightness) { brightness = value }
    if let value = try container.decodeIfPresent(Double.self, forKey: .contrast) { contrast = value }
    if let value = try container.decodeIfPresent(Double.self, forKey: .saturation) { saturation = value }
    if let value = try container.decodeIfPresent(Double.self, forKey: .hue) { hue = value }
  }
}

extension ColorJitter {
  /// Changes the colours of `image` at random. An operation that is off only draws its place in the order.
  package func apply(to image: Image, from stream: inout RandomStream) -> Image {
    var image = image
    func factor(_ spread: Double) -> Float {
      let low = max(0, 1 - spread)
      return Float(low + (1 + spread - low) * Double(stream.nextUniform()))
    }
    for kind in stream.permutation(of: 4) {
      switch kind {
      case 0 where brightness > 0: image = image.withBrightness(factor(brightness))
      case 1 where contrast > 0: image = image.withContrast(factor(contrast))
      case 2 where saturation > 0: image = image.withSaturation(factor(saturation))
      case 3 where hue > 0: image = image.withHue(turnedBy: hue * (2 * Double(stream.nextUniform()) - 1))
      default: break
      }
    }
    return image
  }
}
