/// What is subtracted from and divided into each channel before an image enters a network, in units of 0 to 1.
package struct Normalization: Codable, Equatable, Sendable {
  package let mean: [Float]
  package let deviation: [Float]

  /// One mean and one positive deviation for each channel.
  package init(mean: [Float], deviation: [Float]) {
    precondition(Self.isPossible(mean, deviation), "a normalisation needs a mean and a positive deviation per channel")
    self.mean = mean
    self.deviation = deviation
  }

  /// Throws `DecodingError.dataCorrupted` where the numbers cannot normalise anything.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mean = try container.decode([Float].self, forKey: .mean)
    deviation = try container.decode([Float].self, forKey: .deviation)
    guard Self.isPossible(mean, deviation) else {
      throw DecodingError.dataCorruptedError(
        forKey: .deviation, in: container, debugDescription: "a mean and a positive deviation per channel are needed")
    }
  }

  private static func isPossible(_ mean: [Float], _ deviation: [Float]) -> Bool {
    !mean.isEmpty && mean.count == deviation.count && mean.allSatisfy(\.isFinite)
      && deviation.allSatisfy { $0 > 0 && $0.isFinite }
  }

  /// ImageNet's means and deviations of red, green and blue, as torchvision's models expect them.
  package static let imageNet = Normalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
}

extension Normalization {
  /// The mean and the population deviation of each channel over all pixels of the samples. The sums are integers, so
  /// the result does not depend on any order. A channel that is constant gets the deviation 1/255.
  package static func computed(from samples: Samples) -> Normalization {
    let channels = samples.shape.channels
    let count = UInt128(samples.count * samples.shape.pixels)
    var mean: [Float] = []
    var deviation: [Float] = []
    for channel in 0..<channels {
      var (sum, squares) = (UInt128(0), UInt128(0))
      for image in samples.traits {
        sum += UInt128(image.moments[2 * channel])
        squares += UInt128(image.moments[2 * channel + 1])
      }
      // The variance times count squared, exact: n * sum of squares - (sum)^2.
      let spread = (Double(count * squares - sum * sum)).squareRoot()
      mean.append(count == 0 ? 0 : Float(Double(sum) / Double(count) / 255))
      deviation.append(spread == 0 ? 1 / 255 : Float(spread / Double(count) / 255))
    }
    return Normalization(mean: mean, deviation: deviation)
  }

  /// The normalised value of each byte in each channel: entry `channel * 256 + byte` is
  /// (byte / 255 - mean) / deviation, in the order of operations of torchvision's transforms.
  package func table() -> [Float] {
    zip(mean, deviation).flatMap { mean, deviation in (0..<256).map { (Float($0) / 255 - mean) / deviation } }
  }

  /// The same normalisation for samples with this many channels: one channel is repeated, three are averaged.
  package func fitted(toChannels channels: Int) -> Normalization {
    if mean.count == channels { return self }
    let average = mean.reduce(0, +) / Float(mean.count)
    let spread = deviation.reduce(0, +) / Float(deviation.count)
    return Normalization(
      mean: [Float](repeating: average, count: channels), deviation: [Float](repeating: spread, count: channels))
  }
}
