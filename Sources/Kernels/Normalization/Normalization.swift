internal import LoopTypes

/// Measures the moments of a batch over images and positions, and moves the running statistics.
package func measureMoments(of input: Tensor, into normalization: BatchNormalization, on execution: Execution) {
  measureMoments(of: input, into: normalization, on: execution) { _ in }
}

/// The same, where `write` first writes the numbers from each range, while they are in the cache.
func measureMoments(
  of input: Tensor, into normalization: BatchNormalization, on execution: Execution,
  write: @Sendable (Range<Int>) -> Void
) {
  guard input.rows > 0 else { return }
  let blocks = RowBlocks(rows: input.rows, channels: normalization.channels)
  let moments = BlockMoments(execution.scratch, blocks: blocks.count, channels: normalization.channels)
  execution.pool.run(chunks: blocks.count) { block, _ in
    let rows = blocks[block]
    write(rows.lowerBound * normalization.channels..<rows.upperBound * normalization.channels)
    moments.measure(input, rows: rows, span: blocks.span, block: block, execution)
  }
  moments.merge(counts: (0..<blocks.count).map { blocks[$0].count })
  normalization.settle(mean: moments.means, squares: moments.squares, count: input.rows)
}

/// output = rectify((input - mean) · scale + beta (+ residual)), with the moments that were settled on before.
///
/// `output` may be the same memory as `residual`, and as `input` where no backward pass reads that.
package func normalize(
  _ input: Tensor, with normalization: BatchNormalization, residual: Tensor? = nil, into output: Tensor,
  on execution: Execution
) {
  checkShapes(input, output, residual)
  execution.forEachRange(of: input.rows, step: elementwiseStep / normalization.channels) { rows, _ in
    normalizeRows(rows, of: input, with: normalization, residual: residual, into: output, execution)
  }
}

/// Some rows of `normalize`.
func normalizeRows(
  _ rows: Range<Int>, of input: Tensor, with normalization: BatchNormalization, residual: Tensor?, into output: Tensor,
  _ execution: Execution
) {
  let (n, channels) = (normalization, normalization.channels)
  let at = rows.lowerBound * channels
  let extents = MatrixExtents(rows: rows.count, columns: channels)
  switch input.format {
  case .fp32:
    execution.floats.normalizeRows(
      input.base + at, extents, by: n.scaling, residual: residual.map { UnsafePointer($0.base + at) },
      into: output.base + at)
  case .bf16:
    execution.bf16.normalizeRows(
      input.bf16Base + at, extents, by: n.scaling, residual: residual.map { UnsafePointer($0.bf16Base + at) },
      into: output.bf16Base + at)
  }
}

extension BatchNormalization {
  /// What it does to each value, with the moments that were settled on before.
  var scaling: ChannelScaling {
    ChannelScaling(
      mean: UnsafePointer(moments.mean), scale: UnsafePointer(moments.scale), beta: beta, isRectified: rectify)
  }
}

/// The scratch that batch normalisation of `batch` images needs, forward and backward.
package func normalizationScratch(_ shape: Shape, batch: Int) -> ScratchSize {
  let blocks = RowBlocks(rows: batch * shape.pixels, channels: shape.channels)
  return BlockMoments.scratch(blocks: max(1, blocks.count), channels: shape.channels)
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
    span = Self.span(channels: channels)
  }

  static func span(channels: Int) -> Int { min(256, max(64, 4096 / channels)) }

  var count: Int { (rows + step - 1) / step }

  subscript(block: Int) -> Range<Int> { block * step..<min(rows, (block + 1) * step) }
}

/// Two sums a channel for each of some blocks of rows, in the shared scratch: a mean and the squared differences to it,
/// or the two sums that a normalisation's backward pass needs. Blocks are computed in any order and merged in theirs.
struct BlockMoments: @unchecked Sendable {
  let blocks: Int
  let channels: Int
  /// The first block's part receives what all blocks come to.
  let means: UnsafeMutablePointer<Double>
  let squares: UnsafeMutablePointer<Double>

  /// - Parameter offset: the floats of shared scratch before it that are in use.
  init(_ scratch: Scratch, after offset: Int = 0, blocks: Int, channels: Int) {
    self.blocks = blocks
    self.channels = channels
    let start = (offset + 1) / 2
    means = scratch.sharedDoubles(start + 2 * blocks * channels) + start
    squares = means + blocks * channels
  }

  static func scratch(blocks: Int, channels: Int) -> ScratchSize { ScratchSize(shared: 4 * blocks * channels + 2) }

  func measure(_ input: Tensor, rows: Range<Int>, span: Int, block: Int, _ execution: Execution) {
    let (at, place) = (rows.lowerBound * channels, block * channels)
    let extents = SpanExtents(rows: rows.count, channels: channels, span: span)
    switch input.format {
    case .fp32:
      execution.floats.moments(input.base + at, extents, means: means + place, squares: squares + place)
    case .bf16:
      execution.bf16.moments(input.bf16Base + at, extents, means: means + place, squares: squares + place)
    }
  }

  /// Merges moments of blocks with `counts` rows each (Chan, Golub, LeVeque 1979).
  func merge(counts: [Int]) {
    var seen = counts[0]
    for block in 1..<max(1, blocks) {
      seen += counts[block]
      let share = Double(counts[block]) / Double(seen)
      let weight = Double(seen - counts[block]) * share
      for channel in 0..<channels {
        let delta = means[block * channels + channel] - means[channel]
        means[channel] += delta * share
        squares[channel] += squares[block * channels + channel] + delta * delta * weight
      }
    }
  }

  func add() {
    for block in 1..<max(1, blocks) {
      for channel in 0..<channels {
        means[channel] += means[block * channels + channel]
        squares[channel] += squares[block * channels + channel]
      }
    }
  }
}

func checkShapes(_ first: Tensor, _ second: Tensor, _ third: Tensor?) {
  precondition(
    first.shape == second.shape && first.images == second.images && first.format == second.format,
    "the tensors do not have the same shape")
  if let third {
    precondition(
      third.shape == first.shape && third.images == first.images && third.format == first.format,
      "the third tensor has another shape")
  }
}
