internal import LoopsBF16

/// The weights' gradient of F(2x2, 3x3) on bf16 images: tiles of images and of gradients are transformed, rounded to bf16
/// and paired with their neighbours; then each of the sixteen planes is a sum over tiles of its own, in floats; and the
/// sums are transformed back.
///
/// Images are taken in groups whose planes stay in the last-level cache. Workers share the transforms of a group by
/// images, and its sums by planes, so that nothing has to be added up between them.
struct BF16WinogradGradient {
  let geometry: ConvolutionGeometry
  private let tiling: WinogradTiling

  /// nil where the algorithm does not apply or does not pay.
  init?(_ geometry: ConvolutionGeometry) {
    let (channels, results) = (geometry.input.channels, geometry.outputChannels)
    guard geometry.allowsWinograd, min(channels, results) >= 64 else { return nil }
    self.geometry = geometry
    tiling = WinogradTiling(algorithm: .two, image: geometry.input, results: results, wanted: 1)
  }

  private var channels: Int { geometry.input.channels }
  private var results: Int { geometry.outputChannels }

  /// The images of a group: about 2 million pairs, 8 MB.
  private func imagesPerGroup(_ images: Int) -> Int {
    max(1, min(images, 2_097_152 / (16 * imageRows * (channels + results))))
  }
  /// Pairs of tiles of an image; an odd last tile has a partner of zeros.
  private var imageRows: Int { (tiling.tiles + 1) / 2 }

  private var paddedCount: Int { (tiling.padded.count + BF16Pass.slack + 31) / 32 * 32 }
  /// Floats that one worker needs: a padded image.
  var perWorker: Int { paddedCount / 2 }

  /// Floats of shared scratch: the sums and the pairs of a group.
  func shared(images: Int) -> Int {
    16 * channels * results + 16 * imagesPerGroup(images) * imageRows * (channels + results)
  }

  /// Overwrites `weightGradient`; see `convolveBackwardWeights`.
  func write(
    _ outputGradient: Tensor, _ input: Tensor, _ fusion: ConvolutionFusion,
    into weightGradient: UnsafeMutablePointer<Float>, on execution: Execution
  ) {
    let group = imagesPerGroup(input.images)
    let sums = execution.scratch.shared(shared(images: input.images))
    let (size, rows, table) = (channels * results, group * imageRows, execution.table)
    let words = UnsafeMutableRawPointer(sums + 16 * size).assumingMemoryBound(to: UInt32.self)
    let gradients = words + 16 * rows * channels
    execution.pool.run(chunks: 16) { plane, _ in (sums + plane * size).update(repeating: 0, count: size) }
    for first in stride(from: 0, to: input.images, by: group) {
      let count = min(group, input.images - first)
      execution.pool.run(chunks: count) { place, worker in
        transform(
          first + place, outputGradient, input, fusion, words: words + place * imageRows * channels,
          gradients: gradients + place * imageRows * results, rows: rows,
          scratch: execution.scratch.worker(worker, perWorker), execution)
      }
      let extents = DotGradientExtents(pairs: count * imageRows, taps: channels, channels: results)
      execution.pool.run(chunks: 16) { plane, _ in
        execution.dots.dotConvolveWeights(
          words + plane * rows * channels, gradients + plane * rows * results, sums + plane * size, extents)
      }
    }
    execution.forEachRange(of: channels, step: 16) { range, _ in
      let at = range.lowerBound * results
      table.winogradTwo.weightGradient(sums + at, size, weightGradient + at, size, 16, range.count * results / 16)
    }
  }

  /// Transforms and pairs the tiles of one image and of its gradient.
  private func transform(
    _ image: Int, _ outputGradient: Tensor, _ input: Tensor, _ fusion: ConvolutionFusion,
    words: UnsafeMutablePointer<UInt32>, gradients: UnsafeMutablePointer<UInt32>, rows: Int,
    scratch: UnsafeMutablePointer<Float>, _ execution: Execution
  ) {
    let (dots, output) = (execution.dots, geometry.output)
    let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
    fusion.applied?.apply(
      rows: image * output.pixels..<(image + 1) * output.pixels, into: outputGradient, accumulating: false, execution)
    pad(
      input.bfloats + image * geometry.input.count, geometry.input, top: 1, left: 1, height: tiling.padded.height,
      width: tiling.padded.width, normalizing: fusion.input, into: padded, dots)
    dots.winogradInputPairs(
      padded, tiling.padded.rowPitch, channels, tiling.tilesPerRow, 0, tiling.tiles, words, rows * channels)
    dots.winogradGradientPairs(
      outputGradient.bfloats + image * output.count, output.height, output.width, results, tiling.tilesPerRow, 0,
      tiling.tiles, gradients, rows * results)
  }
}
