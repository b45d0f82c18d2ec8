/// What becomes of the aspect when a picture must be a square of a given side.
package enum ResizeMode: String, CaseIterable, Sendable, Codable {
  /// Both sides are scaled to the square's; the aspect is lost.
  case squash
  /// The short side is scaled to the square's and the long one cut at both ends, as torchvision's `Resize` and
  /// `CenterCrop` do; what lies at the ends is lost.
  case crop
  /// The middle 7/8 of the short side, as `Resize(256)` and `CenterCrop(224)` take, the usual way of testing on ImageNet.
  case cropInner = "crop-inner"

  /// The names that a user may give, for messages: "squash, crop or crop-inner".
  package static var list: String {
    let names = allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  /// The short side of the scaled picture out of which a square of `side` pixels is cut.
  package func shortSide(for side: Int) -> Int {
    self == .cropInner ? Int((Double(side) * 8 / 7).rounded()) : side
  }
}

extension Image {
  /// The part of `width` by `height` pixels whose first pixel is at (`x`, `y`); it must lie within the picture.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    precondition(x >= 0 && y >= 0 && width > 0 && height > 0, "a crop begins in the picture and has pixels")
    precondition(x <= self.width - width && y <= self.height - height, "a crop ends in the picture")
    var part: [UInt8] = []
    part.reserveCapacity(width * height * channels)
    for row in y..<y + height {
      let start = (row * self.width + x) * channels
      part += pixels[start..<start + width * channels]
    }
    return Image(width: width, height: height, channels: channels, pixels: part)
  }

  /// A square of `side` pixels made by `mode`.
  package func resized(toSquare side: Int, mode: ResizeMode, filter: ResampleFilter) -> Image {
    switch mode {
    case .squash:
      return resized(width: side, height: side, filter: filter)
    case .crop, .cropInner: return middle(short: mode.shortSide(for: side), side: side, filter: filter)
    }
  }

  /// torchvision's `Resize(short)` and `CenterCrop(side)`: the square in the middle of the picture whose short side was
  /// scaled to `short`, which is at least `side`.
  package func middle(short: Int, side: Int, filter: ResampleFilter) -> Image {
    precondition(side > 0 && short >= side, "the square lies within the scaled picture")
    let long = max(width, height) * short / min(width, height)
    let (newWidth, newHeight) = width <= height ? (short, long) : (long, short)
    // Python's round, to even.
    func middle(_ length: Int) -> Range<Int> {
      let offset = Int((Double(length - side) / 2).rounded(.toNearestOrEven))
      return offset..<offset + side
    }
    return resized(
      width: newWidth, height: newHeight, filter: filter, columns: middle(newWidth), rows: middle(newHeight))
  }
}
