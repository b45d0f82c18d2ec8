/// Which convolution algorithms may be used.
package enum KernelChoice: String, Codable, Sendable, CaseIterable {
  /// The one that the table of `ConvolutionAlgorithm` names.
  case auto
  /// Patch matrices times weights in OpenBLAS, always: the reference that every machine can compute.
  case blas
}

/// How one pass of a convolution is computed. Their raw values are printed, and read in tables.
package enum ConvolutionAlgorithm: String, Codable, Sendable, CaseIterable {
  /// The patch matrix times the weights, or its transpose times the gradient, in OpenBLAS.
  case im2col = "patches"
  /// The positions' rows, straight from a padded copy of each image, times packed weights.
  case packedGEMM = "panels"
  /// Blocks of outputs in registers, straight from a padded copy of each image.
  case direct
  /// Fewer multiplications, after transforms of images and weights.
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
    case (.im2col, _): true
    case (.winograd, _): allowsWinograd && input.height > 1 && input.width > 1
    case (.packedGEMM, .weights): fillsPanels
    case (.packedGEMM, _): true
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
    guard choice == .auto else { return .im2col }
    if let measured = ConvolutionTable.measured[self, pass] { return measured }
    // A line of one value has no taps to save.
    if allows(.winograd, pass) { return .winograd }
    switch pass {
    case .forward:
      return fitsBlocks(width: output.width, from: input.channels, to: outputChannels) ? .direct : .packedGEMM
    case .data:
      // With a stride the gradient would be spread out with zeros, which are multiplied as well.
      let isDirect = stride == 1 && padding < kernelHeight && padding < kernelWidth
      return isDirect && fitsBlocks(width: input.width, from: outputChannels, to: input.channels)
        ? .direct : .packedGEMM
    case .weights:
      // The sums of a block of weights are read and written once an image, which only many positions make up for, and
      // rows of many channels fall on few sets of the first-level cache.
      let isShort = output.pixels >= (outputChannels > 64 ? 256 : 64) && outputChannels <= 128
      if isShort, outputChannels % 16 == 0, k <= Self.deepest { return .direct }
      return fillsPanels ? .packedGEMM : .im2col
    }
  }

  /// Direct where blocks of 8 pixels and 16 channels fit, and where the weights of a block stay in the second-level
  /// cache. A 1x1 convolution has nothing to gain from it.
  private func fitsBlocks(width: Int, from channels: Int, to results: Int) -> Bool {
    let taps = kernelHeight * kernelWidth
    return width >= Self.narrowest && results % 16 == 0 && taps > 1 && taps * channels <= Self.deepest
  }

  private static let narrowest = 8
  private static let deepest = 2304
}
