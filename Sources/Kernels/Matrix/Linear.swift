internal import LoopTypes

/// The extent of a linear layer. Weights are laid out [inputs][outputs].
package struct LinearGeometry: Hashable, Sendable {
  package let inputs: Int
  package let outputs: Int

  package init(inputs: Int, outputs: Int) {
    precondition(inputs > 0 && outputs > 0, "a linear layer needs at least one input and one output")
    self.inputs = inputs
    self.outputs = outputs
  }

  package var weightCount: Int { inputs * outputs }
}

/// The images that a worker multiplies at a time.
private let blockRows = 48

/// output = input weights + bias, each image's values being one row. The bias may be absent.
package func multiplyLinear(
  _ input: Tensor, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into output: Tensor,
  geometry: LinearGeometry, on execution: Execution
) {
  check(input, output, geometry)
  multiplyBlocks(
    input, by: Matrix(base: weights, stride: geometry.outputs), into: output, accumulating: false, on: execution)
  guard let bias else { return }
  execution.forEachRange(of: output.images, step: blockRows) { rows, _ in
    execution.floats.addToRows(
      bias, MatrixExtents(rows: rows.count, columns: geometry.outputs),
      accumulating: output.base + rows.lowerBound * geometry.outputs)
  }
}

/// The gradient of `multiplyLinear` with respect to its input, written or added.
package func multiplyLinearBackwardData(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool = false,
  geometry: LinearGeometry, on execution: Execution
) {
  check(inputGradient, outputGradient, geometry)
  multiplyBlocks(
    outputGradient, by: Matrix(base: weights, stride: geometry.outputs, transposed: true), into: inputGradient,
    accumulating: accumulating, on: execution)
}

/// Overwrites the gradients of `multiplyLinear` with respect to its weights ([inputs][outputs]) and, where given, its
/// bias, summed over all images.
package func multiplyLinearBackwardWeights(
  _ outputGradient: Tensor, input: Tensor, into weightGradient: UnsafeMutablePointer<Float>,
  bias biasGradient: UnsafeMutablePointer<Float>?, geometry: LinearGeometry, on execution: Execution
) {
  check(input, outputGradient, geometry)
  let (inputs, outputs) = (geometry.inputs, geometry.outputs)
  guard input.images > 0 else {
    weightGradient.update(repeating: 0, count: geometry.weightCount)
    biasGradient?.update(repeating: 0, count: outputs)
    return
  }
  execution.forEachRange(of: inputs, step: 128) { range, _ in
    multiply(
      Matrix(base: input.base + range.lowerBound, stride: inputs, transposed: true),
      Matrix(base: outputGradient.base, stride: outputs),
      ProductExtents(m: range.count, n: outputs, k: input.images),
      MatrixTarget(weightGradient + range.lowerBound * outputs, stride: outputs))
  }
  guard let biasGradient else { return }
  for output in 0..<outputs {
    var sum = 0.0
    for image in 0..<input.images { sum += Double(outputGradient.base[image * outputs + output]) }
    biasGradient[output] = Float(sum)
  }
}

/// The scratch that a linear layer needs, forward and backward, for any batch.
package func linearScratch(_ geometry: LinearGeometry) -> ScratchSize {
  ScratchSize(
    shared: max(
      RightMatrix.packedCount(k: geometry.inputs, n: geometry.outputs),
      RightMatrix.packedCount(k: geometry.outputs, n: geometry.inputs)))
}

private func multiplyBlocks(
  _ input: Tensor, by matrix: Matrix, into output: Tensor, accumulating: Bool, on execution: Execution
) {
  let (k, n) = (input.shape.count, output.shape.count)
  let right = RightMatrix(matrix, k: k, n: n, packedAt: 0, on: execution)
  execution.forEachRange(of: input.images, step: blockRows) { rows, _ in
    right.multiply(
      input.base + rows.lowerBound * k, rows: rows.count, accumulating: accumulating,
      into: output.base + rows.lowerBound * n, execution.floats)
  }
}

private func check(_ input: Tensor, _ output: Tensor, _ geometry: LinearGeometry) {
  precondition(
    input.images == output.images && input.shape.count == geometry.inputs && output.shape.count == geometry.outputs,
    "the tensors do not have the linear layer's shapes")
}
