package import Evaluation
package import Kernels

/// One convolution of a batch, with its own tensors, to be timed alone.
package struct ConvolutionTrial {
  package let geometry: ConvolutionGeometry
  package let batch: Int
  private let format: NumberFormat
  private let execution: Execution
  private let arena: Arena

  /// - Parameter algorithm: the one to use; nil uses the table of algorithms.
  package init(
    _ geometry: ConvolutionGeometry, batch: Int, algorithm: ConvolutionAlgorithm? = nil, on machine: Machine
  ) {
    self.geometry = geometry
    self.batch = batch
    format = machine.processor.format
    let scratch = convolutionScratch(geometry, batch: batch, format: format)
    execution = Execution(machine.processor, scratch: scratch, forcing: algorithm)
    arena = Arena(count: batch * (geometry.input.count + geometry.output.count) + 2 * geometry.weightCount)
    input.fillWithPattern()
    output.fillWithPattern()
    for index in 0..<geometry.weightCount { weights[index] = Float(index % 31) / 16 - 1 }
  }
}

extension ConvolutionTrial {
  private var input: Tensor { arena.tensor(atByte: 0, format, images: batch, shape: geometry.input) }
  private var output: Tensor {
    arena.tensor(
      atByte: input.count * MemoryLayout<Float>.stride, format, images: batch, shape: geometry.output)
  }
  private var weights: UnsafeMutablePointer<Float> { arena.base + input.count + output.count }

  package func run(_ pass: ConvolutionPass) {
    switch pass {
    case .forward: convolve(input, weights: weights, into: output, geometry: geometry, on: execution)
    case .data:
      convolveBackwardData(
        output, weights: weights, into: input, accumulating: false, geometry: geometry, on: execution)
    case .weights:
      convolveBackwardWeights(
        output, input: input, into: weights + geometry.weightCount, geometry: geometry, on: execution)
    }
  }

  /// The algorithm of the pass.
  package func algorithm(_ pass: ConvolutionPass) -> String {
    format == .bf16 ? "bf16" : execution.algorithm(pass, of: geometry).rawValue
  }

  /// Operations of any pass; multiplications and additions count separately.
  package var flops: Double { 2 * Double(geometry.multiplyAdds) * Double(batch) }

  /// Input, output and weights: the minimum that any pass reads and writes.
  package var bytes: Double {
    let maps = batch * (geometry.input.count + geometry.output.count) * format.bytes
    return Double(maps + geometry.weightCount * MemoryLayout<Float>.stride)
  }
}
