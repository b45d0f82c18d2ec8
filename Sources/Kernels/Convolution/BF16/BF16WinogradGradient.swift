internal import LoopTypes

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
  func write(_ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>) {
    let (input, execution) = (pass.input, pass.execution)
    let group = imagesPerGroup(input.images)
    let sums = execution.scratch.shared(shared(images: input.images))
    let (size, rows) = (channels * results, group * imageRows)
    let words = UnsafeMutableRawPointer(sums + 16 * size).assumingMemoryBound(to: UInt32.self)
    let pairs = Pairs(words: words, gradients: words + 16 * rows * channels, rows: rows)
    execution.pool.run(chunks: 16) { plane, _ in (sums + plane * size).update(repeating: 0, count: size) }
    for first in stride(from: 0, to: input.images, by: group) {
      let count = min(group, input.images - first)
      execution.pool.run(chunks: count) { place, worker in
        transform(first + place, pass, into: pairs, at: place, execution.scratch.worker(worker, perWorker))
      }
      let extents = DotGradientExtents(pairs: count * imageRows, taps: channels, channels: results)
      execution.pool.run(chunks: 16) { plane, _ in
        execution.bf16.dotConvolveWeights(
          words + plane * rows * channels, gradient: pairs.gradients + plane * rows * results, extents,
          accumulating: sums + plane * size)
      }
    }
    execution.forEachRange(of: channels, step: 16) { range, _ in
      let at = range.lowerBound * results
      execution.floats.winogradF2.weightGradient(
        sums + at,
        WinogradGradientExtents(
          rows: range.count * results / 16, planePitch: size, tapPitch: size, rowPitch: 16),
        into: weightGradient + at)
    }
  }

  /// Where the pairs of a group of images go: planes of `rows` rows.
  private struct Pairs {
    let words: UnsafeMutablePointer<UInt32>
    let gradients: UnsafeMutablePointer<UInt32>
    let rows: Int
  }

  /// Transforms and pairs the tiles of one image and of its gradient, the `place`-th of its group.
  private func transform(
    _ image: Int, _ pass: WeightPass, into pairs: Pairs, at place: Int, _ scratch: UnsafeMutablePointer<Float>
  ) {
    let (bf16, output) = (pass.execution.bf16, geometry.output)
    let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
    pass.prepare(image)
    tiling.padded.fill(
      padded, with: pass.input.bf16Base + image * geometry.input.count, normalizing: pass.normalization, bf16)
    bf16.winogradF2.inputPairs(
      padded, tiling.inputTiles(0..<tiling.tiles), into: pairs.words + place * imageRows * channels,
      planePitch: pairs.rows * channels)
    bf16.winogradF2.gradientPairs(
      pass.outputGradient.bf16Base + image * output.count, tiling.outputTiles(0..<tiling.tiles),
      into: pairs.gradients + place * imageRows * results, planePitch: pairs.rows * results)
  }
}
