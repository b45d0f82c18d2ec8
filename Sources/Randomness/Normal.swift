import Foundation

extension RandomStream {
  /// A number from the normal distribution with mean 0 and standard deviation 1 (Box and Muller 1958, the cosine half).
  package mutating func nextNormal() -> Float {
    let radius = (-2 * log(1 - Double(nextUniform()))).squareRoot()
    return Float(radius * cos(2 * Double.pi * Double(nextUniform())))
  }
}

extension RandomStream {
  /// A uniform number in [0, 1) with 53 random bits, every value of which a Double holds exactly.
  package mutating func nextPreciseUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A normal number as `nextNormal`, from 53 random bits each: up to 8.5 deviations from the mean, where that one ends
  /// at 5.8.
  package mutating func nextPreciseNormal() -> Double {
    let radius = (-2 * log(1 - nextPreciseUniform())).squareRoot()
    return radius * cos(2 * Double.pi * nextPreciseUniform())
  }
}
