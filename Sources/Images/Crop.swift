/// How an image becomes a square of a given side.
package enum ResizeMode: String, CaseIterable, Sendable, Codable {
  /// Scale both sides to the square's; the aspect is lost.
  case squash
  /// Scale the short side to the square's and crop the centre of the long one, as torchvision's `Resize` and
  /// `CenterCrop` do.
  case crop
  /// Crop the central 7/8 of the short side, as `Resize(256)` and `CenterCrop(224)` do in tests on ImageNet.
  case cropInner = "crop-inner"

  /// The names that a user may give, for messages: "squash, crop or crop-inner".
  package static var list: String {
    let names = allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  /// The short side of the scaled image from which a square of `side` pixels is cropped.
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

  /// torchvision's `Resize(short)` and `CenterCrop(side)`: the central square of the image whose short side was
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
