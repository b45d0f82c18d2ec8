/// Batch normalisation (Ioffe, Szegedy 2015) over images and positions, with an optional residual sum and rectifier
/// in the same pass:
///
///     output = rectify((input - mean) / sqrt(variance + epsilon) * gamma + beta + residual)
///
/// `mean` and `inverseDeviation` (channels values each) receive the batch's statistics for the backward pass. The
/// running statistics move towards the batch's by `momentum`, the running variance towards the unbiased one, as in
/// PyTorch; a batch of one value a channel counts as unbiased with variance 0.
///
/// `output` may be the same memory as `residual`. It must not be that of `input`, which the backward pass reads.
package func normalizeTraining(
  _ input: Tensor, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, residual: Tensor? = nil, rectify: Bool,
  epsilon: Float = 1e-5, into output: Tensor, mean: UnsafeMutablePointer<Float>,
  inverseDeviation: UnsafeMutablePointer<Float>, runningMean: UnsafeMutablePointer<Float>,
  runningVariance: UnsafeMutablePointer<Float>, momentum: Float = 0.1, on execution: Execution
) {
  checkShapes(input, output, residual)
  let channels = input.shape.channels
  let count = Double(input.rows)
  guard input.rows > 0 else { return }
  let moments = batchMoments(of: input, on: execution)
  let scale = moments.rest
  for channel in 0..<channels {
    let variance = moments.squares[channel] / count
    let inverse = 1 / (variance + Double(epsilon)).squareRoot()
    mean[channel] = Float(moments.mean[channel])
    inverseDeviation[channel] = Float(inverse)
    scale[channel] = gamma[channel] * inverseDeviation[channel]
    let unbiased = moments.squares[channel] / max(1, count - 1)
    runningMean[channel] += momentum * (mean[channel] - runningMean[channel])
    runningVariance[channel] += momentum * (Float(unbiased) - runningVariance[channel])
  }
  transform(
    input, mean: mean, scale: scale, beta: beta, residual: residual, rectify: rectify, into: output, on: execution)
}

/// Batch normalisation with the running statistics, and an optional residual sum and rectifier in the same pass.
/// `output` may be the same memory as `input` or `residual`.
package func normalizeInference(
  _ input: Tensor, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, residual: Tensor? = nil, rectify: Bool,
  epsilon: Float = 1e-5, into output: Tensor, runningMean: UnsafePointer<Float>,
  runningVariance: UnsafePointer<Float>, on execution: Execution
) {
  checkShapes(input, output, residual)
  let channels = input.shape.channels
  let scale = execution.scratch.shared(channels)
  for channel in 0..<channels {
    scale[channel] = Float(
      Double(gamma[channel]) / (Double(runningVariance[channel]) + Double(epsilon)).squareRoot())
  }
  transform(
    input, mean: runningMean, scale: scale, beta: beta, residual: residual, rectify: rectify, into: output,
    on: execution)
}

/// The scratch that batch normalisation of `batch` images needs, forward and backward.
package func normalizationScratch(_ shape: Shape, batch: Int) -> ScratchSize {
  let blocks = RowBlocks(rows: batch * shape.pixels, channels: shape.channels)
  return ScratchSize(shared: (4 * max(1, blocks.count) + 4) * shape.channels)
}

/// The cut of a rows x channels matrix into at most 64 blocks, whose sums are added in their order.
struct RowBlocks {
  let rows: Int
  let step: Int
  /// The rows whose sums are made of floats.
  let span: Int

  init(rows: Int, channels: Int) {
    self.rows = rows
    let smallest = max((rows + 63) / 64, 16_384 / channels)
    step = max(1, (smallest + 63) / 64 * 64)
    span = min(256, max(64, 4096 / channels))
  }

  var count: Int { (rows + step - 1) / step }

  subscript(block: Int) -> Range<Int> { block * step..<min(rows, (block + 1) * step) }
}

func checkShapes(_ first: Tensor, _ second: Tensor, _ third: Tensor?) {
  precondition(
    first.shape == second.shape && first.images == second.images, "the tensors do not have the same shape")
  if let third {
    precondition(third.shape == first.shape && third.images == first.images, "the residual has another shape")
  }
}

/// Per channel the mean and the sum of squared differences to it, and four rows of free scratch.
private struct BatchMoments {
  let mean: UnsafeMutablePointer<Double>
  let squares: UnsafeMutablePointer<Double>
  let rest: UnsafeMutablePointer<Float>
}

/// The moments of all rows: of each block on its own, then merged in the blocks' order (Chan, Golub, LeVeque 1979).
private func batchMoments(of input: Tensor, on execution: Execution) -> BatchMoments {
  let channels = input.shape.channels
  let blocks = RowBlocks(rows: input.rows, channels: channels)
  let means = execution.scratch.sharedDoubles((2 * blocks.count + 2) * channels)
  let squares = means + blocks.count * channels
  execution.pool.run(chunks: blocks.count) { block, _ in
    let rows = blocks[block]
    execution.table.moments(
      input.base + rows.lowerBound * channels, rows.count, channels, blocks.span, means + block * channels,
      squares + block * channels)
  }
  for block in 1..<max(1, blocks.count) {
    let rows = blocks[block]
    let share = Double(rows.count) / Double(rows.upperBound)
    let weight = Double(rows.lowerBound) * share
    for channel in 0..<channels {
      let delta = means[block * channels + channel] - means[channel]
      means[channel] += delta * share
      squares[channel] += squares[block * channels + channel] + delta * delta * weight
    }
  }
  let rest = UnsafeMutableRawPointer(means + 2 * blocks.count * channels).assumingMemoryBound(to: Float.self)
  return BatchMoments(mean: means, squares: squares, rest: rest)
}

private func transform(
  _ input: Tensor, mean: UnsafePointer<Float>, scale: UnsafePointer<Float>, beta: UnsafePointer<Float>,
  residual: Tensor?, rectify: Bool, into output: Tensor, on execution: Execution
) {
  let channels = input.shape.channels
  execution.forEachRange(of: input.rows, step: elementwiseStep / channels) { rows, _ in
    let at = rows.lowerBound * channels
    execution.table.normalizeRows(
      input.base + at, rows.count, channels, mean, scale, beta, residual.map { UnsafePointer($0.base + at) }, rectify,
      output.base + at)
  }
}
