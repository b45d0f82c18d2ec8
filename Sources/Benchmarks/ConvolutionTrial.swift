package import Evaluation
package import Kernels

/// One convolution of a batch, with tensors of its own, to be timed by itself.
package struct ConvolutionTrial {
  package let geometry: ConvolutionGeometry
  package let batch: Int
  private let execution: Execution
  private let arena: Arena

  /// - Parameter algorithm: the one to use; nil leaves it to the table of algorithms.
  package init(
    _ geometry: ConvolutionGeometry, batch: Int, algorithm: ConvolutionAlgorithm? = nil, on machine: Machine
  ) {
    self.geometry = geometry
    self.batch = batch
    let scratch = convolutionScratch(geometry, batch: batch)
    execution = Execution(machine.processor, scratch: scratch, forcing: algorithm)
    arena = Arena(count: batch * (geometry.input.count + geometry.output.count) + 2 * geometry.weightCount)
    for index in 0..<arena.count { arena.base[index] = Float(index % 31) / 16 - 1 }
  }
}

extension ConvolutionTrial {
  private var input: Tensor { arena.tensor(at: 0, images: batch, shape: geometry.input) }
  private var output: Tensor { arena.tensor(at: input.count, images: batch, shape: geometry.output) }
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

  /// The algorithm that computes the pass.
  package func algorithm(_ pass: ConvolutionPass) -> ConvolutionAlgorithm { execution.algorithm(pass, of: geometry) }

  /// Operations of any pass, a multiplication and an addition counted each.
  package var flops: Double { 2 * Double(geometry.multiplyAdds) * Double(batch) }

  /// Input, output and weights: what any pass reads and writes at least.
  package var bytes: Double {
    let values = batch * (geometry.input.count + geometry.output.count) + geometry.weightCount
    return Double(values * MemoryLayout<Float>.stride)
  }
}
