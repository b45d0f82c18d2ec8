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
  /// The positions' rows, straight from a padded copy of each image, times weights in panels.
  case panels
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
    // A line of one value has no taps to save.
    if allowsWinograd, input.height > 1, input.width > 1 { return .winograd }
    switch pass {
    case .forward:
      return fitsBlocks(width: output.width, from: input.channels, to: outputChannels) ? .direct : .panels
    case .data:
      // With a stride the gradient would be spread out with zeros, which are multiplied as well.
      let isDirect = stride == 1 && padding < kernelHeight && padding < kernelWidth
      return isDirect && fitsBlocks(width: input.width, from: outputChannels, to: input.channels) ? .direct : .panels
    case .weights:
      // The sums of a block of weights are read and written once an image, which only many positions make up for, and
      // rows of many channels fall on few sets of the first-level cache.
      let isShort = output.pixels >= (outputChannels > 64 ? 256 : 64) && outputChannels <= 128
      if isShort, outputChannels % 16 == 0, k <= Self.deepest { return .direct }
      return fillsPanels ? .panels : .patches
    }
  }

  /// Direct where blocks of 8 pixels and 16 channels fit, and where the weights of a block stay in the second-level
  /// cache. A 1x1 convolution has nothing to gain from it.
  private func fitsBlocks(width: Int, from channels: Int, to results: Int) -> Bool {
    let taps = kernelHeight * kernelWidth
    return width >= 8 && results % 16 == 0 && taps > 1 && taps * channels <= Self.deepest
  }

  private static let deepest = 2304
}
