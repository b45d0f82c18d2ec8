import Foundation
package import Images
package import Randomness

/// A random crop of an image, resized to the input's size. Its share of the area and the logarithm of its aspect are
/// uniform (Szegedy et al. 2015, "Going Deeper with Convolutions", section 6; torchvision's `RandomResizedCrop`).
package struct RandomResizedCrop: Sendable, Equatable {
  /// The least and the greatest share of the area.
  package var area: [Double]
  /// The least and the greatest width divided by height.
  package var aspect: [Double]

  package init(area: [Double] = [0.08, 1], aspect: [Double] = [3.0 / 4, 4.0 / 3]) {
    self.area = area
    self.aspect = aspect
  }

  static let expectation = "area within 0 to 1 and aspect within 0.01 to 100, each the least and the greatest"

  var isPossible: Bool {
    area.count == 2 && aspect.count == 2 && area[0] > 0 && area[0] <= area[1] && area[1] <= 1 && aspect[0] >= 0.01
      && aspect[0] <= aspect[1] && aspect[1] <= 100
  }
}

extension RandomResizedCrop: Codable {
  private enum CodingKeys: String, CodingKey { case area, aspect }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    if let area = try container.decodeIfPresent([Double].self, forKey: .area) { self.area = area }
    if let aspect = try container.decodeIfPresent([Double].self, forKey: .aspect) { self.aspect = aspect }
  }
}

extension RandomResizedCrop {
  /// A part of a picture.
  package struct Window: Sendable, Equatable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// The random crop of an image of this size. After ten crops that do not fit, it is the largest central crop that the
  /// aspect allows. The order of the draws is torchvision's.
  package func window(width: Int, height: Int, from stream: inout RandomStream) -> Window {
    let pixels = Double(width * height)
    let logarithms = aspect.map { log($0) }
    for _ in 0..<10 {
      let target = pixels * (area[0] + (area[1] - area[0]) * Double(stream.nextUniform()))
      let ratio = exp(logarithms[0] + (logarithms[1] - logarithms[0]) * Double(stream.nextUniform()))
      let w = Int((target * ratio).squareRoot().rounded(.toNearestOrEven))
      let h = Int((target / ratio).squareRoot().rounded(.toNearestOrEven))
      guard w > 0, w <= width, h > 0, h <= height else { continue }
      let y = stream.nextInteger(below: height - h + 1)
      let x = stream.nextInteger(below: width - w + 1)
      return Window(x: x, y: y, width: w, height: h)
    }
    let own = Double(width) / Double(height)
    var (w, h) = (width, height)
    if own < aspect[0] {
      h = max(1, Int((Double(width) / aspect[0]).rounded(.toNearestOrEven)))
    } else if own > aspect[1] {
      w = max(1, Int((Double(height) * aspect[1]).rounded(.toNearestOrEven)))
    }
    return Window(x: (width - w) / 2, y: (height - h) / 2, width: w, height: h)
  }

  /// A random crop of `image`, resized with the antialiased bilinear filter.
  package func apply(to image: Image, width: Int, height: Int, from stream: inout RandomStream) -> Image {
    let window = window(width: image.width, height: image.height, from: &stream)
    return image.cropped(x: window.x, y: window.y, width: window.width, height: window.height)
      .resized(width: width, height: height, filter: .bilinear)
  }
}
