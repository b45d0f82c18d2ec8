import Foundation
import Randomness

/// The distribution of a pixel as a mixture of discretised logistic distributions (Salimans et al. 2017, "PixelCNN++",
/// section 2.1). Levels lie in −1...1; the lowest takes all that is below it, the highest all that is above. In colour the
/// components are those of the whole pixel, and their means are linear in the pixel's earlier channels (section 2.2).
///
/// A pixel has `numbers` parameters: the logits of the components, then for each channel the means and the logarithms of
/// the scales, then in colour three coefficients, before tanh, for each component.
struct LogisticMixture: Sendable, Equatable {
  static let components = 10
  /// Logarithms of scales are at least this.
  private static let leastScale = -7.0

  let channels: Int
  let levels: Int

  var numbers: Int { Self.components * (1 + 2 * channels + pairs) }
  /// Pairs of an earlier and a later channel.
  private var pairs: Int { channels * (channels - 1) / 2 }

  private func mean(_ channel: Int) -> Int { Self.components * (1 + 2 * channel) }
  private func scale(_ channel: Int) -> Int { Self.components * (2 + 2 * channel) }
  private func coefficient(_ earlier: Int, _ channel: Int) -> Int {
    Self.components * (1 + 2 * channels + channel * (channel - 1) / 2 + earlier)
  }

  /// Where a level lies in −1...1.
  private func value(_ level: UInt8) -> Double { Double(2 * Int(level)) / Double(levels - 1) - 1 }

  /// Biases of a start: means spread over −1...1, scales of a fifth of it.
  var start: [Float] {
    var values = [Float](repeating: 0, count: numbers)
    for channel in 0..<channels {
      for component in 0..<Self.components {
        values[mean(channel) + component] = (Float(component) + 0.5) / Float(Self.components) * 2 - 1
        values[scale(channel) + component] = -1.6
      }
    }
    return values
  }
}

/// ln(1 + eˣ).
private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

/// σ(x).
private func sigmoid(_ x: Double) -> Double {
  let power = exp(-abs(x))
  return (x < 0 ? power : 1) / (1 + power)
}

extension LogisticMixture {
  /// ln of the mass of a level, and its derivatives by the mean and by the logarithm of the scale.
  ///
  /// With the ends a and b of the level, in scales from the mean, the mass is σ(a) (1 − σ(b)) (1 − e^(b − a)); the first
  /// and the second factor are absent at the highest and at the lowest level.
  private func mass(_ level: UInt8, mean: Double, scale: Double) -> (log: Double, mean: Double, scale: Double) {
    let inverse = exp(-max(scale, Self.leastScale))
    let half = 1 / Double(levels - 1)
    let distance = value(level) - mean
    let (above, below) = ((distance + half) * inverse, (distance - half) * inverse)
    var (log, byEnds, byScale) = (0.0, 0.0, 0.0)
    if Int(level) < levels - 1 {
      log -= softplus(-above)
      byEnds += sigmoid(-above)
      byScale += above * sigmoid(-above)
    }
    if level > 0 {
      log -= softplus(below)
      byEnds -= sigmoid(below)
      byScale -= below * sigmoid(below)
    }
    if level > 0, Int(level) < levels - 1 {
      let size = 2 * half * inverse
      log += Foundation.log(-expm1(-size))
      byScale += size / expm1(size)
    }
    return (log, -inverse * byEnds, scale < Self.leastScale ? 0 : -byScale)
  }

  /// ln of the shares of the components.
  private func shares(_ row: UnsafePointer<Float>) -> [Double] {
    let largest = Double((0..<Self.components).map { row[$0] }.max() ?? 0)
    let sum = (0..<Self.components).reduce(0) { $0 + exp(Double(row[$1]) - largest) }
    return (0..<Self.components).map { Double(row[$0]) - largest - log(sum) }
  }

  /// The mean of a component for a channel, moved by the earlier channels of the pixel.
  private func mean(
    _ row: UnsafePointer<Float>, _ component: Int, _ channel: Int, _ pixel: UnsafePointer<UInt8>
  ) -> Double {
    var mean = Double(row[self.mean(channel) + component])
    for earlier in 0..<channel {
      mean += tanh(Double(row[coefficient(earlier, channel) + component])) * value(pixel[earlier])
    }
    return mean
  }

  /// ln p of each channel given the earlier ones, in nats: the mixture of the channels up to it less that of the channels
  /// before it.
  func logProbabilities(
    _ row: UnsafePointer<Float>, pixel: UnsafePointer<UInt8>, into terms: UnsafeMutablePointer<Double>
  ) {
    var joint = shares(row)
    var before = 0.0
    for channel in 0..<channels {
      for component in joint.indices {
        joint[component] +=
          mass(
            pixel[channel], mean: mean(row, component, channel, pixel), scale: Double(row[scale(channel) + component])
          ).log
      }
      let all = logSum(joint)
      terms[channel] = all - before
      before = all
    }
  }

  /// The nats of a pixel, −ln p, and `factor` times its derivatives by the parameters.
  func gradient(
    _ row: UnsafePointer<Float>, pixel: UnsafePointer<UInt8>, factor: Double, into gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    let own = shares(row)
    var joint = own
    var masses: [(log: Double, mean: Double, scale: Double)] = []
    masses.reserveCapacity(channels * Self.components)
    for channel in 0..<channels {
      for component in own.indices {
        let found = mass(
          pixel[channel], mean: mean(row, component, channel, pixel), scale: Double(row[scale(channel) + component]))
        joint[component] += found.log
        masses.append(found)
      }
    }
    let total = logSum(joint)
    for component in own.indices {
      let share = exp(joint[component] - total)
      gradient[component] = Float(factor * (exp(own[component]) - share))
      for channel in 0..<channels {
        let found = masses[channel * Self.components + component]
        let byMean = -factor * share * found.mean
        gradient[mean(channel) + component] = Float(byMean)
        gradient[scale(channel) + component] = Float(-factor * share * found.scale)
        for earlier in 0..<channel {
          let place = coefficient(earlier, channel) + component
          let slope = tanh(Double(row[place]))
          gradient[place] = Float(byMean * value(pixel[earlier]) * (1 - slope * slope))
        }
      }
    }
    return -total
  }

  /// Draws a pixel: a component, then the level of each channel.
  func draw(_ row: UnsafePointer<Float>, _ stream: inout RandomStream, into pixel: UnsafeMutablePointer<UInt8>) {
    let component = chosen(shares(row).map { exp($0) }, &stream)
    for channel in 0..<channels {
      // In (0, 1), so that both logarithms are finite.
      let uniform = max(stream.nextPreciseUniform(), 0x1p-54)
      let scale = exp(max(Double(row[scale(channel) + component]), Self.leastScale))
      let found = mean(row, component, channel, pixel) + scale * (log(uniform) - log1p(-uniform))
      let level = ((found + 1) / 2 * Double(levels - 1)).rounded()
      pixel[channel] = UInt8(min(max(level, 0), Double(levels - 1)))
    }
  }
}

/// ln Σ eˣ.
private func logSum(_ values: [Double]) -> Double {
  let largest = values.max() ?? -.infinity
  return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}

/// An index with these probabilities, which rounding keeps from summing to exactly 1.
func chosen(_ probabilities: [Double], _ stream: inout RandomStream) -> Int {
  var rest = stream.nextPreciseUniform() * probabilities.reduce(0, +)
  for (index, probability) in probabilities.enumerated() {
    rest -= probability
    if rest < 0 { return index }
  }
  return probabilities.lastIndex { $0 > 0 } ?? 0
}
