import Foundation

/// Adam (Kingma and Ba 2015, algorithm 1), with their constants.
struct Adam: Sendable, Equatable {
  private static let (first, second, least): (Float, Float, Float) = (0.9, 0.999, 1e-8)

  /// The means of the gradients and of their squares.
  var means: [Float]
  var squares: [Float]
  /// The steps that were made.
  var steps = 0

  init(count: Int) {
    means = [Float](repeating: 0, count: count)
    squares = means
  }

  mutating func step(_ parameters: inout [Float], gradient: UnsafePointer<Float>, rate: Double) {
    steps += 1
    let correction = 1 - pow(Double(Self.second), Double(steps))
    let size = Float(rate / (1 - pow(Double(Self.first), Double(steps))))
    let root = Float(1 / correction.squareRoot())
    parameters.withUnsafeMutableBufferPointer { parameters in
      means.withUnsafeMutableBufferPointer { means in
        squares.withUnsafeMutableBufferPointer { squares in
          for index in parameters.indices {
            let own = gradient[index]
            let mean = Self.first * means[index] + (1 - Self.first) * own
            let square = Self.second * squares[index] + (1 - Self.second) * own * own
            means[index] = mean
            squares[index] = square
            parameters[index] -= size * mean / (square.squareRoot() * root + Self.least)
          }
        }
      }
    }
  }
}
