/// output = max(input, 0); NaN stays NaN. `output` may be the same memory as `input`.
package func rectify(_ input: Tensor, into output: Tensor, on execution: Execution) {
  checkShapes(input, output, nil)
  execution.forEachRange(of: input.count, step: elementwiseStep) { range, _ in
    let at = range.lowerBound
    switch input.format {
    case .fp32: execution.table.rectify(input.base + at, range.count, output.base + at)
    case .bf16: execution.dots.rectify(input.bfloats + at, range.count, output.bfloats + at)
    }
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
    switch output.format {
    case .fp32:
      execution.table.rectifyBackward(
        outputGradient.base + at, output.base + at, range.count, accumulating, inputGradient.base + at)
    case .bf16:
      execution.dots.rectifyBackward(
        outputGradient.bfloats + at, output.bfloats + at, range.count, accumulating, inputGradient.bfloats + at)
    }
  }
}

/// output = first + second, then max(output, 0) where `rectify`. `output` may be the same memory as either.
package func add(
  _ first: Tensor, _ second: Tensor, rectify: Bool = false, into output: Tensor, on execution: Execution
) {
  checkShapes(first, output, second)
  execution.forEachRange(of: first.count, step: elementwiseStep) { range, _ in
    let at = range.lowerBound
    switch first.format {
    case .fp32: execution.table.add(first.base + at, second.base + at, range.count, rectify, output.base + at)
    case .bf16: execution.dots.add(first.bfloats + at, second.bfloats + at, range.count, rectify, output.bfloats + at)
    }
  }
}

/// The gradient of a sum without rectifier with respect to one input: `outputGradient` copied or added. With a
/// rectifier it is `rectifyBackward`.
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
    case .bf16: (inputGradient.bfloats + at).update(from: outputGradient.bfloats + at, count: range.count)
    }
  }
}
