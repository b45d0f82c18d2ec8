internal import LoopTypes

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
    execution.floats.activateRows(
      input.base + at, MatrixExtents(rows: rows.count, columns: channels), bias: bias, by: function,
      into: output.base + at)
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
    execution.floats.normalizeLayers(
      input.base + at, MatrixExtents(rows: rows.count, columns: channels),
      by: LayerScaling(scale: scale, shift: shift, epsilon: epsilon), into: output.base + at)
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
