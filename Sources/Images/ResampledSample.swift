/// A type of sample that can be resampled: the types of its weights and sums, and how a sum is stored.
protocol ResampledSample {
  associatedtype Weight
  static func weight(_ value: Double) -> Weight
  static var emptySum: Weight { get }
  static func add(_ sample: Self, times weight: Weight, to sum: inout Weight)
  static func stored(_ sum: Weight) -> Self

  /// Writes the weighted mean of `count` pixels of three samples. One more sample of `pixels` may be read, and one more
  /// of `target` written.
  static func blendTriples(
    _ pixels: UnsafePointer<Self>, _ weights: UnsafePointer<Weight>, _ count: Int,
    into target: UnsafeMutablePointer<Self>
  )
}

extension ResampledSample {
  static func blendTriples(
    _ pixels: UnsafePointer<Self>, _ weights: UnsafePointer<Weight>, _ count: Int,
    into target: UnsafeMutablePointer<Self>
  ) {
    // Three independent sums: each weight is loaded once, and the additions do not wait for each other.
    var (red, green, blue) = (emptySum, emptySum, emptySum)
    for k in 0..<count {
      add(pixels[3 * k], times: weights[k], to: &red)
      add(pixels[3 * k + 1], times: weights[k], to: &green)
      add(pixels[3 * k + 2], times: weights[k], to: &blue)
    }
    (target[0], target[1], target[2]) = (stored(red), stored(green), stored(blue))
  }
}

/// Pillow's fixed point of 22 bits; a sum of 255 times the weights stays below 2^31.
extension UInt8: ResampledSample {
  private static let fractionBits: Int32 = 22
  static func weight(_ value: Double) -> Int32 {
    Int32(value * Double(1 << fractionBits) + (value < 0 ? -0.5 : 0.5))
  }
  static var emptySum: Int32 { 1 << (fractionBits - 1) }
  static func add(_ sample: UInt8, times weight: Int32, to sum: inout Int32) { sum &+= Int32(sample) &* weight }
  static func stored(_ sum: Int32) -> UInt8 { UInt8(Swift.max(0, Swift.min(255, sum >> fractionBits))) }

  /// A pixel and the byte after it are one vector of four; the fourth sum is not used.
  static func blendTriples(
    _ pixels: UnsafePointer<UInt8>, _ weights: UnsafePointer<Int32>, _ count: Int,
    into target: UnsafeMutablePointer<UInt8>
  ) {
    var sum = SIMD4<Int32>(repeating: emptySum)
    for k in 0..<count {
      let pixel = UnsafeRawPointer(pixels + 3 * k).loadUnaligned(as: SIMD4<UInt8>.self)
      sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* SIMD4<Int32>(repeating: weights[k])
    }
    let bytes = (sum &>> SIMD4<Int32>(repeating: fractionBits))
      .clamped(lowerBound: .zero, upperBound: SIMD4<Int32>(repeating: 255))
    UnsafeMutableRawPointer(target).storeBytes(of: SIMD4<UInt8>(truncatingIfNeeded: bytes), as: SIMD4<UInt8>.self)
  }
}

/// Sums in double, in the order of the samples.
extension Float: ResampledSample {
  static func weight(_ value: Double) -> Double { value }
  static var emptySum: Double { 0 }
  static func add(_ sample: Float, times weight: Double, to sum: inout Double) { sum += Double(sample) * weight }
  static func stored(_ sum: Double) -> Float { Float(sum) }
}
