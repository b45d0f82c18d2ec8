internal import LoopTypes

/// The operands of the backward pass of a batch normalisation.
package struct NormalizationGradient: @unchecked Sendable {
  package let normalization: BatchNormalization
  /// The gradient with respect to the result.
  package let gradient: Tensor
  /// What was normalised.
  package let input: Tensor
  /// The rectified result, whose sign is the mask; nil where it was not kept, and the mask is computed from the input.
  package let output: Tensor?
  /// Where the gradient with respect to the residual goes, written or added.
  package let residual: Tensor?
  package let residualAccumulating: Bool

  package init(
    _ normalization: BatchNormalization, gradient: Tensor, input: Tensor, output: Tensor?, residual: Tensor? = nil,
    residualAccumulating: Bool = false
  ) {
    checkShapes(gradient, input, output)
    checkShapes(gradient, input, residual)
    self.normalization = normalization
    self.gradient = gradient
    self.input = input
    self.output = output
    self.residual = residual
    self.residualAccumulating = residualAccumulating
  }
}

/// Sums the gradients over images and positions: overwrites the gradients of gamma and beta, and settles on the offset
/// and slope that `normalizeBackward` takes.
package func sumGradients(_ step: NormalizationGradient, on execution: Execution) {
  let n = step.normalization
  let blocks = RowBlocks(rows: step.input.rows, channels: n.channels)
  guard blocks.count > 0 else {
    n.gradients?.gamma.update(repeating: 0, count: n.channels)
    n.gradients?.beta.update(repeating: 0, count: n.channels)
    return
  }
  let sums = BlockMoments(execution.scratch, blocks: blocks.count, channels: n.channels)
  execution.pool.run(chunks: blocks.count) { block, _ in
    step.sum(rows: blocks[block], span: blocks.span, block: block, into: sums, execution)
  }
  sums.add()
  n.settleBackward(sums: sums.means, products: sums.squares, count: step.input.rows)
}

/// Writes (or adds) the gradient with respect to the input, and to the residual where there is one, after
/// `sumGradients`. `inputGradient` or the residual's gradient may be the same memory as `step.gradient`, but not both,
/// and then must not be accumulating.
package func normalizeBackward(
  _ step: NormalizationGradient, into inputGradient: Tensor, accumulating: Bool = false, on execution: Execution
) {
  checkShapes(step.gradient, inputGradient, nil)
  execution.forEachRange(of: step.input.rows, step: elementwiseStep / step.normalization.channels) { rows, _ in
    step.apply(rows: rows, into: inputGradient, accumulating: accumulating, execution)
  }
}

extension NormalizationGradient {
  func sum(rows: Range<Int>, span: Int, block: Int, into sums: BlockMoments, _ execution: Execution) {
    let (at, place) = (rows.lowerBound * normalization.channels, block * normalization.channels)
    let extents = SpanExtents(rows: rows.count, channels: normalization.channels, span: span)
    switch input.format {
    case .fp32:
      execution.floats.gradientSums(
        operands(at, \.base), extents, sums: sums.means + place, products: sums.squares + place)
    case .bf16:
      execution.bf16.gradientSums(
        operands(at, \.bf16Base), extents, sums: sums.means + place, products: sums.squares + place)
    }
  }

  func apply(rows: Range<Int>, into result: Tensor, accumulating: Bool, _ execution: Execution) {
    let moments = normalization.moments
    let at = rows.lowerBound * normalization.channels
    let extents = MatrixExtents(rows: rows.count, columns: normalization.channels)
    let slope = NormalizationSlope(
      scale: UnsafePointer(moments.scale), offset: UnsafePointer(moments.offset), slope: UnsafePointer(moments.slope))
    switch input.format {
    case .fp32:
      execution.floats.normalizeRowsBackward(
        operands(at, \.base), extents, by: slope, into: SumTarget(result.base + at, isAccumulating: accumulating),
        residual: residual.map { SumTarget($0.base + at, isAccumulating: residualAccumulating) })
    case .bf16:
      execution.bf16.normalizeRowsBackward(
        operands(at, \.bf16Base), extents, by: slope,
        into: SumTarget(result.bf16Base + at, isAccumulating: accumulating),
        residual: residual.map { SumTarget($0.bf16Base + at, isAccumulating: residualAccumulating) })
    }
  }

  /// What the loops read from value `at` on; `numbers` are a tensor's numbers.
  private func operands<Stored>(
    _ at: Int, _ numbers: (Tensor) -> UnsafeMutablePointer<Stored>
  ) -> RectifiedGradient<Stored> {
    let mask: RectifierMask<Stored> =
      if let output {
        .output(UnsafePointer(numbers(output) + at))
      } else if normalization.rectify {
        .input(scale: UnsafePointer(normalization.moments.scale), beta: normalization.beta)
      } else {
        .none
      }
    return RectifiedGradient(
      gradient: UnsafePointer(numbers(gradient) + at), mask: mask, input: UnsafePointer(numbers(input) + at),
      mean: UnsafePointer(normalization.moments.mean))
  }
}
