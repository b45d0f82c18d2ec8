/// What a layer does to each value after its sum.
package enum ActivationFunction: Int, Sendable, CaseIterable {
  case identity
  case rectifier
  /// min(max(x, 0), 6).
  case rectifier6
  /// x σ(x), also called swish.
  case sigmoidLinear
  /// x Φ(x) with the normal distribution function (Hendrycks and Gimpel 2016).
  case gaussianErrorLinear
  /// x σ(1.702 x), CLIP's approximation of it.
  case quickGaussianErrorLinear
}

/// output = function(input + bias), the bias being one value for each channel or absent. `output` may be the same memory
/// as `input`.
package func activate(
  _ input: Tensor, bias: UnsafePointer<Float>? = nil, by function: ActivationFunction, into output: Tensor,
  on execution: Execution
) {
  checkShapes(input, output, nil)
  let channels = input.shape.channels
  execution.forEachRange(of: input.rows, step: max(1, elementwiseStep / channels)) { rows, _ in
    let at = rows.lowerBound * channels
    execution.table.activateRows(input.base + at, rows.count, channels, bias, function.rawValue, output.base + at)
  }
}

/// Normalises the channels of each position by their own mean and variance, then scales and shifts them.
package func normalizeLayer(
  _ input: Tensor, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, epsilon: Float, into output: Tensor,
  on execution: Execution
) {
  checkShapes(input, output, nil)
  let channels = input.shape.channels
  execution.forEachRange(of: input.rows, step: max(1, elementwiseStep / channels)) { rows, _ in
    let at = rows.lowerBound * channels
    execution.table.normalizeLayers(
      input.base + at, rows.count, channels, scale, shift, epsilon, output.base + at)
  }
}

/// Multiplies each channel by a number of its own.
package func scaleChannels(
  _ input: Tensor, by factors: UnsafePointer<Float>, into output: Tensor, on execution: Execution
) {
  checkShapes(input, output, nil)
  let channels = input.shape.channels
  execution.forEachRange(of: input.rows, step: max(1, elementwiseStep / channels)) { rows, _ in
    for row in rows {
      let (source, target) = (input.base + row * channels, output.base + row * channels)
      for channel in 0..<channels { target[channel] = source[channel] * factors[channel] }
    }
  }
}
