import Foundation
package import Randomness

/// Fills a random rectangle with the mean colour, with some probability (Zhong et al. 2017, arXiv:1708.04896;
/// torchvision's `RandomErasing` with the value 0 after normalisation).
package struct RandomErasing: Sendable, Equatable {
  package var probability: Double
  /// The least and the greatest share of the area.
  package var area: [Double]
  /// The least and the greatest height divided by width.
  package var aspect: [Double]

  package init(probability: Double = 0.5, area: [Double] = [0.02, 0.33], aspect: [Double] = [0.3, 3.3]) {
    self.probability = probability
    self.area = area
    self.aspect = aspect
  }

  static let expectation =
    "probability and area within 0 to 1 and aspect within 0.01 to 100, each the least and the greatest"

  var isPossible: Bool {
    (0...1).contains(probability) && area.count == 2 && aspect.count == 2 && area[0] > 0 && area[0] <= area[1]
      && area[1] <= 1 && aspect[0] >= 0.01 && aspect[0] <= aspect[1] && aspect[1] <= 100
  }
}

extension RandomErasing: Codable {
  private enum CodingKeys: String, CodingKey { case probability, area, aspect }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    if let value = try container.decodeIfPresent(Double.self, forKey: .probability) { probability = value }
    if let value = try container.decodeIfPresent([Double].self, forKey: .area) { area = value }
    if let value = try container.decodeIfPresent([Double].self, forKey: .aspect) { aspect = value }
  }
}

extension RandomErasing {
  /// The random rectangle in an image of this size; nil if none is drawn, or ten do not fit.
  package func window(width: Int, height: Int, from stream: inout RandomStream) -> (
    rows: Range<Int>, columns: Range<Int>
  )? {
    guard Double(stream.nextUniform()) < probability else { return nil }
    let pixels = Double(width * height)
    let logarithms = aspect.map { log($0) }
    for _ in 0..<10 {
      let target = pixels * (area[0] + (area[1] - area[0]) * Double(stream.nextUniform()))
      let ratio = exp(logarithms[0] + (logarithms[1] - logarithms[0]) * Double(stream.nextUniform()))
      let h = Int((target * ratio).squareRoot().rounded(.toNearestOrEven))
      let w = Int((target / ratio).squareRoot().rounded(.toNearestOrEven))
      guard h < height, w < width else { continue }
      let y = stream.nextInteger(below: height - h + 1)
      let x = stream.nextInteger(below: width - w + 1)
      return (y..<y + h, x..<x + w)
    }
    return nil
  }
}
