/// Which convolution algorithms may be used.
package enum KernelChoice: String, Codable, Sendable, CaseIterable {
  /// The one that the table of `ConvolutionAlgorithm` names.
  case auto
  /// Patch matrices times weights in OpenBLAS, always: the reference that every machine can compute.
  case blas
}

/// How one pass of a convolution is computed.
enum ConvolutionAlgorithm {
  /// The patch matrix times the weights, or its transpose times the gradient, in OpenBLAS.
  case patches
  /// Blocks of outputs in registers, straight from a padded copy of each image.
  case direct
}

/// The three passes over a convolution.
enum ConvolutionPass {
  case forward, data, weights
}

extension ConvolutionGeometry {
  /// A pure function of shape, pass and instruction set; nothing is measured at run time.
  func algorithm(_ pass: ConvolutionPass, on execution: Execution) -> ConvolutionAlgorithm {
    guard execution.choice == .auto else { return .patches }
    let table = execution.table
    switch pass {
    case .forward:
      let fits = output.width >= table.directWidth && outputChannels % table.lanes == 0
      return fits && isNarrow(channels: input.channels) ? .direct : .patches
    case .data:
      // With a stride the gradient would be spread out with zeros, which are multiplied as well.
      let fits =
        stride == 1 && input.width >= table.directWidth && input.channels % table.lanes == 0
        && padding < kernelHeight && padding < kernelWidth
      return fits && isNarrow(channels: outputChannels) ? .direct : .patches
    case .weights:
      return outputChannels % table.lanes == 0 && isNarrow(channels: input.channels) ? .direct : .patches
    }
  }

  /// Whether the weights of one block of output channels stay in the second-level cache. Where they do not, a matrix
  /// product that blocks its depth as well is faster. Measured with `cas-bench --convolutions`.
  private func isNarrow(channels: Int) -> Bool { kernelHeight * kernelWidth * channels <= 2304 }
}
