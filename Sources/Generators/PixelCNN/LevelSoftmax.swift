import Foundation
import Randomness

/// The distribution of a number as a softmax over its levels. In colour each channel has one of its own, whose logits
/// depend on the earlier channels.
struct LevelSoftmax: Sendable, Equatable {
  let levels: Int

  /// ln p(level) in nats.
  func logProbability(_ logits: UnsafePointer<Float>, _ level: UInt8) -> Double {
    Double(logits[Int(level)]) - logTotal(logits)
  }

  /// The nats of a number, −ln p, and `factor` times their derivatives by the logits.
  func gradient(
    _ logits: UnsafePointer<Float>, level: UInt8, factor: Double, into gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    let total = logTotal(logits)
    for index in 0..<levels {
      gradient[index] = Float(factor * (exp(Double(logits[index]) - total) - (index == Int(level) ? 1 : 0)))
    }
    return total - Double(logits[Int(level)])
  }

  func draw(_ logits: UnsafePointer<Float>, _ stream: inout RandomStream) -> UInt8 {
    let total = logTotal(logits)
    return UInt8(chosen((0..<levels).map { exp(Double(logits[$0]) - total) }, &stream))
  }

  /// ln Σ e^logit.
  private func logTotal(_ logits: UnsafePointer<Float>) -> Double {
    var largest = logits[0]
    for index in 1..<levels { largest = max(largest, logits[index]) }
    var sum = 0.0
    for index in 0..<levels { sum += exp(Double(logits[index] - largest)) }
    return Double(largest) + log(sum)
  }
}
