import Foundation

extension RandomStream {
  /// A number from the normal distribution with mean 0 and standard deviation 1 (Box and Muller 1958, the cosine half).
  package mutating func nextNormal() -> Float {
    let radius = (-2 * log(1 - Double(nextUniform()))).squareRoot()
    return Float(radius * cos(2 * Double.pi * Double(nextUniform())))
  }
}
