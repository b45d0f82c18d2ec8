/// output = first + second, which may be the same memory as either.
package func add(_ first: Tensor, _ second: Tensor, into output: Tensor, on execution: Execution) {
  checkShapes(first, output, second)
  execution.forEachRange(of: first.count, step: elementwiseStep) { range, _ in
    add(range, of: first, second, into: output, execution)
  }
}

/// The same, and the moments of what was written, as `measureMoments` finds them.
package func add(
  _ first: Tensor, _ second: Tensor, into output: Tensor, measuring normalization: BatchNormalization,
  on execution: Execution
) {
  checkShapes(first, output, second)
  measureMoments(of: output, into: normalization, on: execution) { add($0, of: first, second, into: output, execution) }
}

private func add(
  _ range: Range<Int>, of first: Tensor, _ second: Tensor, into output: Tensor, _ execution: Execution
) {
  let at = range.lowerBound
  switch first.format {
  case .fp32: execution.floats.add(first.base + at, second.base + at, count: range.count, into: output.base + at)
  case .bf16:
    execution.bf16.add(first.bf16Base + at, second.bf16Base + at, count: range.count, into: output.bf16Base + at)
  }
}

/// The gradient of a sum with respect to one input: `outputGradient` copied or added. (A rectifier behind a sum belongs to
/// the normalisation that writes it.)
package func addBackward(
  _ outputGradient: Tensor, into inputGradient: Tensor, accumulating: Bool = false, on execution: Execution
) {
  if accumulating { return add(outputGradient, inputGradient, into: inputGradient, on: execution) }
  checkShapes(outputGradient, inputGradient, nil)
  guard !outputGradient.isAt(inputGradient) else { return }
  execution.forEachRange(of: outputGradient.count, step: elementwiseStep) { range, _ in
    let at = range.lowerBound
    switch inputGradient.format {
    case .fp32: (inputGradient.base + at).update(from: outputGradient.base + at, count: range.count)
    case .bf16: (inputGradient.bf16Base + at).update(from: outputGradient.bf16Base + at, count: range.count)
    }
  }
}
