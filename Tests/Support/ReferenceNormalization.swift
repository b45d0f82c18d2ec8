extension Reference {
  /// What batch normalisation in training makes of a rows x channels matrix.
  package struct Normalized {
    package var output: [Double]
    package var mean: [Double]
    package var variance: [Double]
    package var unbiasedVariance: [Double]
  }

  package static func normalizeTraining(
    _ input: [Double], channels: Int, gamma: [Double], beta: [Double], residual: [Double]?, rectify: Bool,
    epsilon: Double
  ) -> Normalized {
    let rows = input.count / channels
    var mean = [Double](repeating: 0, count: channels)
    var squares = [Double](repeating: 0, count: channels)
    for index in input.indices { mean[index % channels] += input[index] / Double(rows) }
    for index in input.indices {
      let difference = input[index] - mean[index % channels]
      squares[index % channels] += difference * difference
    }
    let variance = squares.map { $0 / Double(rows) }
    let output = normalizeInference(
      input, channels: channels, gamma: gamma, beta: beta, residual: residual, rectify: rectify, epsilon: epsilon,
      mean: mean, variance: variance)
    return Normalized(
      output: output, mean: mean, variance: variance, unbiasedVariance: squares.map { $0 / Double(max(1, rows - 1)) })
  }

  package static func normalizeInference(
    _ input: [Double], channels: Int, gamma: [Double], beta: [Double], residual: [Double]?, rectify: Bool,
    epsilon: Double, mean: [Double], variance: [Double]
  ) -> [Double] {
    input.indices.map { index in
      let channel = index % channels
      let normal = (input[index] - mean[channel]) / (variance[channel] + epsilon).squareRoot()
      let value = normal * gamma[channel] + beta[channel] + (residual?[index] ?? 0)
      return rectify ? max(0, value) : value
    }
  }

  package struct NormalizedGradient {
    package var input: [Double]
    package var residual: [Double]
    package var gamma: [Double]
    package var beta: [Double]
  }

  /// The gradient through the batch's statistics (Ioffe and Szegedy 2015, section 3), `output` being the mask.
  package static func normalizeBackward(
    _ gradient: [Double], output: [Double], input: [Double], channels: Int, gamma: [Double], rectify: Bool,
    epsilon: Double
  ) -> NormalizedGradient {
    let rows = input.count / channels
    let forward = normalizeTraining(
      input, channels: channels, gamma: gamma, beta: gamma, residual: nil, rectify: false, epsilon: epsilon)
    let inverse = forward.variance.map { 1 / ($0 + epsilon).squareRoot() }
    let normal = input.indices.map { (input[$0] - forward.mean[$0 % channels]) * inverse[$0 % channels] }
    let masked = gradient.indices.map { rectify && output[$0] <= 0 ? 0 : gradient[$0] }
    var (gammaGradient, betaGradient) = (
      [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
    )
    for index in input.indices {
      gammaGradient[index % channels] += masked[index] * normal[index]
      betaGradient[index % channels] += masked[index]
    }
    let result = input.indices.map { index in
      let channel = index % channels
      let centred =
        masked[index] - betaGradient[channel] / Double(rows) - normal[index] * gammaGradient[channel] / Double(rows)
      return gamma[channel] * inverse[channel] * centred
    }
    return NormalizedGradient(input: result, residual: masked, gamma: gammaGradient, beta: betaGradient)
  }
}
