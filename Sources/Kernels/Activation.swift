/// output = max(input, 0); NaN stays NaN. `output` may be the same memory as `input`.
package func rectify(_ input: Tensor, into output: Tensor, on execution: Execution) {
  checkShapes(input, output, nil)
  execution.forEachRange(of: input.count, step: elementwiseStep) { range, _ in
    execution.table.rectify(input.base + range.lowerBound, range.count, output.base + range.lowerBound)
  }
}

/// The gradient of a rectifier, or of a sum that was rectified, with respect to one input: `outputGradient` where
/// `output` is positive, else 0, written or added. `inputGradient` may be the same memory as `outputGradient`.
package func rectifyBackward(
  _ outputGradient: Tensor, output: Tensor, into inputGradient: Tensor, accumulating: Bool = false,
  on execution: Execution
) {
  checkShapes(outputGradient, output, inputGradient)
  execution.forEachRange(of: output.count, step: elementwiseStep) { range, _ in
    let at = range.lowerBound
    execution.table.rectifyBackward(
      outputGradient.base + at, output.base + at, range.count, accumulating, inputGradient.base + at)
  }
}

/// output = first + second, then max(output, 0) where `rectify`. `output` may be the same memory as either.
package func add(
  _ first: Tensor, _ second: Tensor, rectify: Bool = false, into output: Tensor, on execution: Execution
) {
  checkShapes(first, output, second)
  execution.forEachRange(of: first.count, step: elementwiseStep) { range, _ in
    let at = range.lowerBound
    execution.table.add(first.base + at, second.base + at, range.count, rectify, output.base + at)
  }
}

/// The gradient of a sum without rectifier with respect to one input: `outputGradient` copied or added. With a
/// rectifier it is `rectifyBackward`.
package func addBackward(
  _ outputGradient: Tensor, into inputGradient: Tensor, accumulating: Bool = false, on execution: Execution
) {
  if accumulating { return add(outputGradient, inputGradient, into: inputGradient, on: execution) }
  checkShapes(outputGradient, inputGradient, nil)
  guard outputGradient.base != inputGradient.base else { return }
  execution.forEachRange(of: outputGradient.count, step: elementwiseStep) { range, _ in
    (inputGradient.base + range.lowerBound).update(from: outputGradient.base + range.lowerBound, count: range.count)
  }
}
