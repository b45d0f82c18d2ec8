internal import KernelsBF16

/// How the sum over positions of a bf16 weight gradient is cut: some rows of one image, or some whole images at a time,
/// whose pairs stay in the second-level cache.
struct BFloatGradientTiling {
  let geometry: ConvolutionGeometry

  /// Pairs of outputs in a row; an odd one has a partner of gradient zero.
  var pairs: Int { (geometry.output.width + 1) / 2 }
  var taps: Int { geometry.kernelWidth * geometry.input.channels }
  private var rowPairs: Int { pairs * (taps + geometry.outputChannels) }

  private static let cachedPairs = 98_304

  /// Output rows of a part of an image.
  var rows: Int { max(1, min(geometry.output.height, Self.cachedPairs / (geometry.stride * rowPairs))) }
  var imagesPerGroup: Int {
    rows < geometry.output.height ? 1 : max(1, min(16, Self.cachedPairs / (paddedRows(rows) * rowPairs)))
  }

  func paddedRows(_ rows: Int) -> Int { (rows - 1) * geometry.stride + geometry.kernelHeight }
  var paddedHeight: Int { max(paddedRows(geometry.output.height), geometry.input.height + geometry.padding) }
  /// Wide enough for the partner of an odd last output.
  var paddedWidth: Int {
    max((2 * pairs - 1) * geometry.stride + geometry.kernelWidth, geometry.input.width + geometry.padding)
  }

  var paddedCount: Int { paddedHeight * paddedWidth * geometry.input.channels + BFloatPass.slack }
  /// 32-bit words of the pairs of one image's (or part's) taps, and of its gradients.
  var imagePairs: Int { paddedRows(rows) * pairs * taps }
  var gradientPairs: Int { rows * pairs * geometry.outputChannels }

  /// Floats that one worker needs.
  var scratch: Int { (paddedCount + 1) / 2 + imagesPerGroup * (imagePairs + gradientPairs) }
}

extension ConvolutionGeometry {
  /// Floats that one worker needs for a bf16 weight gradient.
  var bfloatGradientScratch: Int {
    max(BFloatWinogradGradient(self)?.scratch ?? 0, BFloatGradientTiling(geometry: self).scratch)
  }
}

/// Overwrites `weightGradient` with the sum over some images; see `convolveBackwardWeights`. The output gradient of an
/// image is there once `fusion.applied` has written it.
func writeBFloatWeightGradient(
  _ images: Range<Int>, _ outputGradient: Tensor, _ input: Tensor, _ geometry: ConvolutionGeometry,
  _ fusion: ConvolutionFusion, into weightGradient: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>, _ execution: Execution
) {
  let dots = execution.dots
  let tiling = BFloatGradientTiling(geometry: geometry)
  let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
  let words = UnsafeMutableRawPointer(scratch + (tiling.paddedCount + 1) / 2).assumingMemoryBound(to: UInt32.self)
  let gradients = words + tiling.imagesPerGroup * tiling.imagePairs
  let (output, channels, taps) = (geometry.output, geometry.outputChannels, tiling.taps)
  let step = geometry.stride * geometry.input.channels
  weightGradient.update(repeating: 0, count: geometry.weightCount)
  var extents = DotGradientExtents(pairs: tiling.pairs, taps: taps, channels: channels)
  extents.rows = geometry.kernelHeight
  extents.stride = geometry.stride

  func pairGradients(_ image: Int, _ rows: Range<Int>, at place: Int) {
    let source = outputGradient.bfloats + image * output.count
    for (index, row) in rows.enumerated() {
      dots.pairOutputs(
        source + row * output.width * channels, output.width, channels,
        gradients + place + index * tiling.pairs * channels)
    }
  }
  func pairImage(_ first: Int, _ count: Int, at place: Int) {
    for row in 0..<count {
      dots.pairTaps(
        padded + (first + row) * tiling.paddedWidth * geometry.input.channels, step, taps, tiling.pairs,
        words + place + row * tiling.pairs * taps)
    }
  }

  for first in stride(from: images.lowerBound, to: images.upperBound, by: tiling.imagesPerGroup) {
    let group = first..<min(images.upperBound, first + tiling.imagesPerGroup)
    for image in group {
      fusion.applied?.apply(
        rows: image * output.pixels..<(image + 1) * output.pixels, into: outputGradient, accumulating: false, execution)
      pad(
        input.bfloats + image * geometry.input.count, geometry.input, top: geometry.padding, left: geometry.padding,
        height: tiling.paddedHeight, width: tiling.paddedWidth, normalizing: fusion.input, into: padded, dots)
      if tiling.rows < output.height {
        for row in stride(from: 0, to: output.height, by: tiling.rows) {
          let rows = row..<min(output.height, row + tiling.rows)
          pairImage(row * geometry.stride, tiling.paddedRows(rows.count), at: 0)
          pairGradients(image, rows, at: 0)
          extents.height = rows.count
          dots.dotConvolveWeights(words, gradients, weightGradient, extents)
        }
      } else {
        let place = image - first
        pairImage(0, tiling.paddedRows(output.height), at: place * tiling.imagePairs)
        pairGradients(image, 0..<output.height, at: place * tiling.gradientPairs)
      }
    }
    guard tiling.rows == output.height else { continue }
    extents.images = group.count
    extents.height = output.height
    extents.imagePitch = tiling.imagePairs
    dots.dotConvolveWeights(words, gradients, weightGradient, extents)
  }
}
