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
  /// Fewer multiplications, after transforms of images and weights.
  case winograd
}

/// The three passes over a convolution.
enum ConvolutionPass {
  case forward, data, weights
}

extension ConvolutionGeometry {
  /// A pure function of the shape and the pass, the same for every instruction set; nothing is measured at run time.
  /// The limits come from `cas-bench --convolutions`.
  func algorithm(_ pass: ConvolutionPass, _ choice: KernelChoice) -> ConvolutionAlgorithm {
    guard choice == .auto else { return .patches }
    switch pass {
    case .forward:
      if allowsWinograd { return .winograd }
      return suits(width: output.width, from: input.channels, to: outputChannels)
    case .data:
      // With a stride the gradient would be spread out with zeros, which are multiplied as well.
      if allowsWinograd { return .winograd }
      guard stride == 1, padding < kernelHeight, padding < kernelWidth else { return .patches }
      return suits(width: input.width, from: outputChannels, to: input.channels)
    case .weights:
      if allowsWinograd { return .winograd }
      // The sums of a block of weights are read and written once an image, which only many positions make up for, and
      // rows of many channels fall on few sets of the first-level cache.
      guard output.pixels >= 64, outputChannels <= 128 else { return .patches }
      return suits(width: Self.narrowest, from: input.channels, to: outputChannels)
    }
  }

  /// Direct where blocks of 8 pixels and 16 channels fit, and where the weights of a block stay in the second-level
  /// cache. Where they do not, a matrix product that blocks its depth as well is faster.
  private func suits(width: Int, from channels: Int, to results: Int) -> ConvolutionAlgorithm {
    let fits = width >= Self.narrowest && results % 16 == 0
    return fits && kernelHeight * kernelWidth * channels <= Self.deepest ? .direct : .patches
  }

  private static let narrowest = 8
  private static let deepest = 2304
}
