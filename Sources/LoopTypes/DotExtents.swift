/// The extents of a direct convolution of one padded image, in elements.
package struct DotExtents: Sendable {
  /// Outputs: rows, columns and channels, the last a multiple of 16.
  package var height = 1
  package var width: Int
  package var channels: Int
  /// Rows of the kernel, and pairs of taps in each; taps behind the kernel's have the weight zero.
  package var rows = 1
  package var pairs: Int
  /// From one row of the padded image to the next, times the stride where outputs are concerned.
  package var rowPitch = 0
  package var stride = 1
  /// From the first tap of one output to that of its right neighbour.
  package var step: Int
  /// From one row of outputs to the next, and from one output to its right neighbour.
  package var outputPitch = 0
  package var outputStep: Int

  package init(width: Int, channels: Int, pairs: Int, step: Int, outputStep: Int) {
    self.width = width
    self.channels = channels
    self.pairs = pairs
    self.step = step
    self.outputStep = outputStep
  }
}

/// The extents of a sum over positions: `images` of `height` rows of `pairs` pairs of outputs.
package struct DotGradientExtents: Sendable {
  package var images = 1
  package var height = 1
  package var pairs: Int
  /// Rows of the kernel, taps of each, and output channels, the last a multiple of 16.
  package var rows = 1
  package var taps: Int
  package var channels: Int
  package var stride = 1
  /// From the taps of one pair of outputs to those of the next, where not all taps are summed.
  package var tapPitch: Int
  /// From the pairs of one image to those of the next.
  package var imagePitch = 0

  package init(pairs: Int, taps: Int, channels: Int) {
    self.pairs = pairs
    self.taps = taps
    tapPitch = taps
    self.channels = channels
  }
}

/// Where the weights of a matrix of taps x channels go as pairs.
package struct DotPackingExtents: Hashable, Sendable {
  package let taps: Int
  package let channels: Int
  /// bf16 numbers from the pairs of 16 channels to those of the next.
  package let blockPitch: Int

  package init(taps: Int, channels: Int, blockPitch: Int) {
    self.taps = taps
    self.channels = channels
    self.blockPitch = blockPitch
  }
}

/// The taps of some neighbouring outputs, or pairs of them, in one row of a padded image.
package struct RowTaps: Hashable, Sendable {
  /// Numbers from the taps of one output to those of the next.
  package let step: Int
  /// The taps of an output.
  package let taps: Int
  /// Outputs, or pairs of them.
  package let count: Int

  package init(step: Int, taps: Int, count: Int) {
    self.step = step
    self.taps = taps
    self.count = count
  }
}
