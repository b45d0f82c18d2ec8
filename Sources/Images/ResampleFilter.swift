internal import Glibc

/// The kernel of an antialiased resampling. All kernels widen with the scale when they shrink an image.
package enum ResampleFilter: String, CaseIterable, Sendable, Codable {
  /// The mean of the pixels that an output pixel covers; shrinking by whole factors is exact averaging.
  case box
  /// The triangle.
  case bilinear
  /// Keys' cubic with a = -0.5 (IEEE Trans. ASSP 29, 1981).
  case bicubic
  /// The sinc windowed by a sinc three times as wide (Duchon, J. Appl. Meteorology 18, 1979).
  case lanczos

  /// Half the width of the kernel, in pixels of the coarser grid.
  var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The kernel's value at distance `x` from its centre.
  func value(at x: Double) -> Double {
    let distance = abs(x)
    switch self {
    case .box:
      return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear:
      return distance < 1 ? 1 - distance : 0
    case .bicubic:
      let a = -0.5
      if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
      if distance < 2 { return (((distance - 5) * distance + 8) * distance - 4) * a }
      return 0
    case .lanczos:
      func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
  }
}
