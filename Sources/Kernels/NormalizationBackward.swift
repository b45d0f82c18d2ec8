/// The gradient of `normalizeTraining`. `output` is what that wrote (its sign is the rectifier's mask; it is read only
/// where `rectify`), `input`, `mean` and `inverseDeviation` what it read and saved.
///
/// Writes (or adds) the gradient with respect to the input, and to the residual where `residualGradient` is given;
/// overwrites `gammaGradient` and `betaGradient` (channels values each). `inputGradient` or `residualGradient` may be
/// the same memory as `outputGradient`, but not both, and then must not be accumulating.
package func normalizeBackward(
  _ outputGradient: Tensor, output: Tensor, input: Tensor, gamma: UnsafePointer<Float>, mean: UnsafePointer<Float>,
  inverseDeviation: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool = false,
  residualGradient: Tensor? = nil, residualAccumulating: Bool = false, gammaGradient: UnsafeMutablePointer<Float>,
  betaGradient: UnsafeMutablePointer<Float>, rectify: Bool, on execution: Execution
) {
  checkShapes(outputGradient, input, residualGradient)
  checkShapes(outputGradient, inputGradient, rectify ? output : nil)
  let channels = input.shape.channels
  let mask = rectify ? UnsafePointer(output.base) : nil
  guard input.rows > 0 else {
    gammaGradient.update(repeating: 0, count: channels)
    return betaGradient.update(repeating: 0, count: channels)
  }
  let rows = sumGradients(outputGradient, mask: mask, input: input, mean: mean, on: execution)
  let scale = rows.rest
  let offset = scale + channels
  let slope = offset + channels
  let count = Double(input.rows)
  for channel in 0..<channels {
    let inverse = Double(inverseDeviation[channel])
    betaGradient[channel] = Float(rows.sums[channel])
    gammaGradient[channel] = Float(rows.products[channel] * inverse)
    scale[channel] = gamma[channel] * inverseDeviation[channel]
    offset[channel] = Float(rows.sums[channel] / count)
    slope[channel] = Float(rows.products[channel] * inverse * inverse / count)
  }
  execution.forEachRange(of: input.rows, step: elementwiseStep / channels) { rows, _ in
    let at = rows.lowerBound * channels
    execution.table.normalizeRowsBackward(
      outputGradient.base + at, mask.map { $0 + at }, input.base + at, rows.count, channels, mean, scale, offset, slope,
      accumulating, inputGradient.base + at, residualGradient.map { $0.base + at }, residualAccumulating)
  }
}

/// Per channel the sums of dy and of dy (x - mean), and four rows of free scratch.
private struct GradientSums {
  let sums: UnsafeMutablePointer<Double>
  let products: UnsafeMutablePointer<Double>
  let rest: UnsafeMutablePointer<Float>
}

private func sumGradients(
  _ outputGradient: Tensor, mask: UnsafePointer<Float>?, input: Tensor, mean: UnsafePointer<Float>,
  on execution: Execution
) -> GradientSums {
  let channels = input.shape.channels
  let blocks = RowBlocks(rows: input.rows, channels: channels)
  let sums = execution.scratch.sharedDoubles((2 * blocks.count + 2) * channels)
  let products = sums + blocks.count * channels
  execution.pool.run(chunks: blocks.count) { block, _ in
    let rows = blocks[block]
    let at = rows.lowerBound * channels
    execution.table.gradientSums(
      outputGradient.base + at, mask.map { $0 + at }, input.base + at, mean, rows.count, channels, blocks.span,
      sums + block * channels, products + block * channels)
  }
  for block in 1..<max(1, blocks.count) {
    for channel in 0..<channels {
      sums[channel] += sums[block * channels + channel]
      products[channel] += products[block * channels + channel]
    }
  }
  let rest = UnsafeMutableRawPointer(sums + 2 * blocks.count * channels).assumingMemoryBound(to: Float.self)
  return GradientSums(sums: sums, products: products, rest: rest)
}
