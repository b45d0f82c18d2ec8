/// A kind of sample that can be resampled: how weights are held, products summed, and the sum stored.
protocol ResampledSample {
  associatedtype Weight
  static func weight(_ value: Double) -> Weight
  static var emptySum: Weight { get }
  static func add(_ sample: Self, times weight: Weight, to sum: inout Weight)
  static func stored(_ sum: Weight) -> Self
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
}

/// Sums in double, in the order of the samples.
extension Float: ResampledSample {
  static func weight(_ value: Double) -> Double { value }
  static var emptySum: Double { 0 }
  static func add(_ sample: Float, times weight: Double, to sum: inout Double) { sum += Double(sample) * weight }
  static func stored(_ sum: Double) -> Float { Float(sum) }
}
