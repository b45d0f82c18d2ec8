internal import Foundation
internal import Images
internal import Randomness

/// A few operations drawn from fourteen, all with one magnitude (Cubuk et al. 2020, arXiv:1909.13719). The reference is
/// torchvision's `RandAugment` on Pillow images, with its 31 magnitudes and the nearest pixel. Pixels from outside the
/// image are black.
package struct RandAugment: Sendable, Equatable {
  /// Operations per image, drawn independently.
  package var operations: Int
  /// 0 to 30.
  package var magnitude: Int

  package init(operations: Int = 2, magnitude: Int = 9) {
    self.operations = operations
    self.magnitude = magnitude
  }

  static let expectation = "1 to 14 operations of a magnitude from 0 to 30"

  var isPossible: Bool { (1...14).contains(operations) && (0...30).contains(magnitude) }

  /// The operations, in torchvision's order.
  package enum Change: String, CaseIterable, Sendable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize
    case solarize, autoContrast, equalize

    /// Whether the magnitude has a random sign, drawn after the operation.
    var isSigned: Bool {
      switch self {
      case .identity, .posterize, .solarize, .autoContrast, .equalize: false
      default: true
      }
    }
  }
}

extension RandAugment: Codable {
  private enum CodingKeys: String, CodingKey { case operations, magnitude }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    if let value = try container.decodeIfPresent(Int.self, forKey: .operations) { operations = value }
    if let value = try container.decodeIfPresent(Int.self, forKey: .magnitude) { magnitude = value }
  }
}

extension RandAugment {
  func apply(to canvas: inout Canvas, from stream: inout RandomStream) {
    for _ in 0..<operations {
      let change = Change.allCases[stream.nextInteger(below: Change.allCases.count)]
      let isNegative = change.isSigned && stream.nextBool()
      apply(change, isNegative: isNegative, to: &canvas)
    }
  }

  /// One operation with this `magnitude`.
  package func apply(_ change: Change, isNegative: Bool, to canvas: inout Canvas) {
    let share = Double(magnitude) / 30
    let sign: Double = isNegative ? -1 : 1
    let factor = Float(1 + sign * 0.9 * share)
    let (width, height) = (canvas.width, canvas.height)
    func moved(_ extent: Int) -> Int { Int(sign * 150 / 331 * Double(extent) * share) }
    switch change {
    case .identity: break
    case .shearX: canvas.map(by: .shear(x: sign * 0.3 * share))
    case .shearY: canvas.map(by: .shear(y: sign * 0.3 * share))
    case .translateX: canvas.map(by: .move(x: moved(width)))
    case .translateY: canvas.map(by: .move(y: moved(height)))
    case .rotate: canvas.map(by: .turn(degrees: sign * 30 * share, width: width, height: height))
    case .brightness: canvas.image = canvas.image.withBrightness(factor)
    case .color: canvas.image = canvas.image.withSaturation(factor)
    case .contrast: canvas.image = canvas.image.withContrast(factor)
    case .sharpness: canvas.image = canvas.image.withSharpness(factor)
    case .posterize:
      canvas.image = canvas.image.posterized(bits: 8 - Int((share * 4).rounded(.toNearestOrEven)))
    case .solarize: canvas.image = canvas.image.solarized(threshold: 255 * (1 - share))
    case .autoContrast: canvas.image = canvas.image.withAutomaticContrast()
    case .equalize: canvas.image = canvas.image.equalized()
    }
  }
}
