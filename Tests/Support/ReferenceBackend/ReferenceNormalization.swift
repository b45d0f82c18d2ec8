extension Reference {
  /// The moments of the channels of a rows x channels matrix, over its rows.
  package struct Moments {
    package var mean: [Double]
    package var variance: [Double]
    package var unbiasedVariance: [Double]
  }

  package static func moments(_ input: [Double], channels: Int) -> Moments {
    let rows = Double(input.count / channels)
    let mean = sums(input, channels: channels).map { $0 / rows }
    let squares = sums(
      input.indices.map { (input[$0] - mean[$0 % channels]) * (input[$0] - mean[$0 % channels]) }, channels: channels)
    return Moments(
      mean: mean, variance: squares.map { $0 / rows }, unbiasedVariance: squares.map { $0 / max(1, rows - 1) })
  }

  /// The sum of each column.
  private static func sums(_ values: [Double], channels: Int) -> [Double] {
    var result = [Double](repeating: 0, count: channels)
    for (index, value) in values.enumerated() { result[index % channels] += value }
    return result
  }

  /// (input - mean) · scale + shift (+ residual), rectified where that is wanted; mean, scale and shift by channel.
  package static func normalize(
    _ input: [Double], mean: [Double], scale: [Double], shift: [Double], residual: [Double]? = nil, rectify: Bool
  ) -> [Double] {
    input.indices.map { index in
      let channel = index % mean.count
      let value = (input[index] - mean[channel]) * scale[channel] + shift[channel] + (residual?[index] ?? 0)
      return rectify ? max(0, value) : value
    }
  }

  /// gamma / sqrt(variance + epsilon).
  package static func scale(_ gamma: [Double], variance: [Double], epsilon: Double) -> [Double] {
    zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
  }

  /// The gradient behind a rectifier, 0 where its result was 0.
  package static func mask(_ gradient: [Double], by output: [Double]) -> [Double] {
    zip(gradient, output).map { $1 > 0 ? $0 : 0 }
  }

  /// By channel, the sums of the gradient dz and of dz (x - mean).
  package static func sumGradients(
    _ gradient: [Double], input: [Double], mean: [Double]
  ) -> (sums: [Double], products: [Double]) {
    let products = input.indices.map { gradient[$0] * (input[$0] - mean[$0 % mean.count]) }
    return (sums(gradient, channels: mean.count), sums(products, channels: mean.count))
  }

  /// scale · (dz - offset - (x - mean) · slope), the gradient through the batch's statistics (Ioffe and Szegedy 2015,
  /// section 3).
  package static func differentiate(
    _ gradient: [Double], input: [Double], mean: [Double], scale: [Double], offset: [Double], slope: [Double]
  ) -> [Double] {
    input.indices.map { index in
      let channel = index % mean.count
      return scale[channel] * (gradient[index] - offset[channel] - (input[index] - mean[channel]) * slope[channel])
    }
  }
}

// The three passes as a whole.
extension Reference {
  /// What batch normalisation in training makes of a rows x channels matrix.
  package struct Normalized {
    package var output: [Double]
    package var moments: Moments
  }

  package static func normalizeTraining(
    _ input: [Double], channels: Int, gamma: [Double], beta: [Double], residual: [Double]?, rectify: Bool,
    epsilon: Double
  ) -> Normalized {
    let moments = moments(input, channels: channels)
    let output = normalize(
      input, mean: moments.mean, scale: scale(gamma, variance: moments.variance, epsilon: epsilon), shift: beta,
      residual: residual, rectify: rectify)
    return Normalized(output: output, moments: moments)
  }

  package struct NormalizedGradient {
    package var input: [Double]
    package var residual: [Double]
    package var gamma: [Double]
    package var beta: [Double]
  }

  package static func normalizeBackward(
    _ gradient: [Double], output: [Double], input: [Double], channels: Int, gamma: [Double], rectify: Bool,
    epsilon: Double
  ) -> NormalizedGradient {
    let rows = Double(input.count / channels)
    let moments = moments(input, channels: channels)
    let inverse = moments.variance.map { 1 / ($0 + epsilon).squareRoot() }
    let masked = rectify ? mask(gradient, by: output) : gradient
    let (sums, products) = sumGradients(masked, input: input, mean: moments.mean)
    let result = differentiate(
      masked, input: input, mean: moments.mean, scale: zip(gamma, inverse).map(*), offset: sums.map { $0 / rows },
      slope: zip(products, inverse).map { $0 * $1 * $1 / rows })
    return NormalizedGradient(input: result, residual: masked, gamma: zip(products, inverse).map(*), beta: sums)
  }
}
