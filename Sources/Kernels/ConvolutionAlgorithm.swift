/// Which convolution algorithms may be used.
package enum KernelChoice: String, Codable, Sendable, CaseIterable {
  /// The one that the table of `ConvolutionAlgorithm` names.
  case auto
  /// Patch matrices times weights in OpenBLAS, always: the reference that every machine can compute.
  case blas
}

/// How one pass of a convolution is computed.
package enum ConvolutionAlgorithm: String, Codable, Sendable, CaseIterable {
  /// The patch matrix times the weights, or its transpose times the gradient, in OpenBLAS.
  case patches
  /// Blocks of outputs in registers, straight from a padded copy of each image.
  case direct
  /// F(2x2, 3x3): fewer multiplications, after transforms of images and weights.
  case winograd
}

/// The three passes over a convolution.
package enum ConvolutionPass: String, Codable, Sendable, CaseIterable {
  case forward, data, weights
}

extension Execution {
  /// What computes a pass here: the forced algorithm where there is one, else what the geometry's table says.
  package func algorithm(_ pass: ConvolutionPass, of geometry: ConvolutionGeometry) -> ConvolutionAlgorithm {
    forced ?? geometry.algorithm(pass, choice)
  }
}

extension ConvolutionGeometry {
  /// Whether the algorithm can compute the pass, be it fast or slow.
  package func allows(_ algorithm: ConvolutionAlgorithm, _ pass: ConvolutionPass) -> Bool {
    switch (algorithm, pass) {
    case (.patches, _): true
    case (.winograd, _): isWinograd(from: input.channels, to: outputChannels)
    case (.direct, .forward): output.width >= Self.narrowest && outputChannels % 16 == 0
    case (.direct, .data):
      input.width >= Self.narrowest && input.channels % 16 == 0 && stride == 1 && padding < kernelHeight
        && padding < kernelWidth
    case (.direct, .weights): outputChannels % 16 == 0
    }
  }

  /// A pure function of the shape and the pass, the same for every instruction set; nothing is measured at run time.
  /// Convolutions that the table does not have follow rules whose limits come from `cas-bench --convolutions`.
  package func algorithm(_ pass: ConvolutionPass, _ choice: KernelChoice) -> ConvolutionAlgorithm {
    guard choice == .auto else { return .patches }
    if let measured = ConvolutionTable.measured[self, pass] { return measured }
    switch pass {
    case .forward:
      if suitsWinograd { return .winograd }
      return suits(width: output.width, from: input.channels, to: outputChannels)
    case .data:
      // With a stride the gradient would be spread out with zeros, which are multiplied as well.
      if suitsWinograd { return .winograd }
      guard stride == 1, padding < kernelHeight, padding < kernelWidth else { return .patches }
      return suits(width: input.width, from: outputChannels, to: input.channels)
    case .weights:
      if suitsWinograd { return .winograd }
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

  /// Winograd where the transforms cost less than the multiplications that they save, and where one plane of the
  /// transformed weights stays in the second-level cache.
  private var suitsWinograd: Bool {
    let channels = (min(input.channels, outputChannels), input.channels * outputChannels)
    return isWinograd(from: input.channels, to: outputChannels) && channels.0 >= 64 && channels.1 <= 131_072
  }

  private static let narrowest = 8
  private static let deepest = 2304
}
