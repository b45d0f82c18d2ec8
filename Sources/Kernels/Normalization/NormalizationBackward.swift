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
    let (n, channels) = (normalization, normalization.channels)
    let (at, place) = (rows.lowerBound * channels, block * channels)
    let scale = maskScale
    switch input.format {
    case .fp32:
      execution.table.gradientSums(
        gradient.base + at, output.map { UnsafePointer($0.base + at) }, scale, n.beta, input.base + at, n.moments.mean,
        rows.count, channels, span, sums.means + place, sums.squares + place)
    case .bf16:
      execution.dots.gradientSums(
        gradient.bfloats + at, output.map { UnsafePointer($0.bfloats + at) }, scale, n.beta, input.bfloats + at,
        n.moments.mean, rows.count, channels, span, sums.means + place, sums.squares + place)
    }
  }

  func apply(rows: Range<Int>, into result: Tensor, accumulating: Bool, _ execution: Execution) {
    let (n, channels) = (normalization, normalization.channels)
    let at = rows.lowerBound * channels
    let beta = maskScale == nil ? nil : n.beta
    switch input.format {
    case .fp32:
      execution.table.normalizeRowsBackward(
        gradient.base + at, output.map { UnsafePointer($0.base + at) }, beta, input.base + at, rows.count, channels,
        n.moments.mean, n.moments.scale, n.moments.offset, n.moments.slope, accumulating, result.base + at,
        residual.map { $0.base + at }, residualAccumulating)
    case .bf16:
      execution.dots.normalizeRowsBackward(
        gradient.bfloats + at, output.map { UnsafePointer($0.bfloats + at) }, beta, input.bfloats + at, rows.count,
        channels, n.moments.mean, n.moments.scale, n.moments.offset, n.moments.slope, accumulating, result.bfloats + at,
        residual.map { $0.bfloats + at }, residualAccumulating)
    }
  }

  /// The scale where the mask is computed from the input.
  private var maskScale: UnsafePointer<Float>? {
    normalization.rectify && output == nil ? UnsafePointer(normalization.moments.scale) : nil
  }
}
