internal import LoopTypes

/// How the sum over positions of a bf16 weight gradient is cut: some rows of one image, or some whole images at a time,
/// whose pairs stay in the second-level cache.
struct BF16GradientTiling {
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

  /// Whole cache lines, so that the pairs behind it begin with one.
  var paddedCount: Int { (paddedHeight * paddedWidth * geometry.input.channels + BF16Pass.slack + 31) / 32 * 32 }
  /// 32-bit words of the pairs of one image's (or part's) taps, and of its gradients.
  var imagePairs: Int { paddedRows(rows) * pairs * taps }
  var gradientPairs: Int { rows * pairs * geometry.outputChannels }

  /// Floats that one worker needs.
  var scratch: Int { paddedCount / 2 + imagesPerGroup * (imagePairs + gradientPairs) }
}

/// The weights' gradient of a convolution of bf16 images; see `convolveBackwardWeights`.
func convolveBF16BackwardWeights(_ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>) {
  let (geometry, execution) = (pass.geometry, pass.execution)
  if let tiles = execution.table.tiles {
    return BF16TileGradient(geometry).write(pass, into: weightGradient, tiles)
  }
  if let winograd = BF16WinogradGradient(geometry) { return winograd.write(pass, into: weightGradient) }
  if let taps = BF16TapGradient(geometry) { return taps.write(pass, into: weightGradient) }
  let scratch = BF16GradientTiling(geometry: geometry).scratch
  sumWeightGradients(of: pass.input.images, into: weightGradient, geometry, on: execution) { images, target, worker in
    writeBF16WeightGradient(pass, images, into: target, scratch: execution.scratch.worker(worker, scratch))
  }
}

extension WeightPass {
  /// Pads an image, and normalises it where that is fused.
  func pad(_ image: Int, _ tiling: BF16GradientTiling, into padded: UnsafeMutablePointer<UInt16>) {
    let extents = PaddedImage(
      shape: geometry.input, top: geometry.padding, left: geometry.padding, height: tiling.paddedHeight,
      width: tiling.paddedWidth)
    extents.fill(
      padded, with: input.bf16Base + image * geometry.input.count, normalizing: normalization, execution.bf16)
  }
}

/// The pairs of one image, or of some of its rows, and where they go.
private struct PairedImages {
  let pass: WeightPass
  let tiling: BF16GradientTiling
  let words: UnsafeMutablePointer<UInt32>
  let gradients: UnsafeMutablePointer<UInt32>

  private var geometry: ConvolutionGeometry { tiling.geometry }

  /// Pads an image, once its output gradient is written.
  func pad(_ image: Int, into padded: UnsafeMutablePointer<UInt16>) {
    pass.prepare(image)
    pass.pad(image, tiling, into: padded)
  }

  /// Pairs what `rows` of an image's outputs and their taps are made of, at the place of image `place` of a group.
  func pair(_ image: Int, rows: Range<Int>, _ padded: UnsafePointer<UInt16>, at place: Int) {
    let (bf16, output, channels) = (pass.execution.bf16, geometry.output, geometry.outputChannels)
    let target = words + place * tiling.imagePairs
    for row in 0..<tiling.paddedRows(rows.count) {
      bf16.pairTaps(
        padded + (rows.lowerBound * geometry.stride + row) * tiling.paddedWidth * geometry.input.channels,
        RowTaps(step: geometry.stride * geometry.input.channels, taps: tiling.taps, count: tiling.pairs),
        into: target + row * tiling.pairs * tiling.taps)
    }
    let gradient = pass.outputGradient.bf16Base + image * output.count
    for (index, row) in rows.enumerated() {
      bf16.pairOutputs(
        gradient + row * output.width * channels, width: output.width, channels: channels,
        into: gradients + place * tiling.gradientPairs + index * tiling.pairs * channels)
    }
  }
}

/// Overwrites `weightGradient` with the sum over some images; see `convolveBackwardWeights`.
private func writeBF16WeightGradient(
  _ pass: WeightPass, _ images: Range<Int>, into weightGradient: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>
) {
  let (geometry, bf16) = (pass.geometry, pass.execution.bf16)
  let tiling = BF16GradientTiling(geometry: geometry)
  let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
  let words = UnsafeMutableRawPointer(scratch + tiling.paddedCount / 2).assumingMemoryBound(to: UInt32.self)
  let gradients = words + tiling.imagesPerGroup * tiling.imagePairs
  let paired = PairedImages(pass: pass, tiling: tiling, words: words, gradients: gradients)
  weightGradient.update(repeating: 0, count: geometry.weightCount)
  var extents = tiling.extents
  let height = geometry.output.height
  for first in stride(from: images.lowerBound, to: images.upperBound, by: tiling.imagesPerGroup) {
    let group = first..<min(images.upperBound, first + tiling.imagesPerGroup)
    for image in group {
      paired.pad(image, into: padded)
      if tiling.rows == height {
        paired.pair(image, rows: 0..<height, padded, at: image - first)
        continue
      }
      for row in stride(from: 0, to: height, by: tiling.rows) {
        let rows = row..<min(height, row + tiling.rows)
        paired.pair(image, rows: rows, padded, at: 0)
        extents.height = rows.count
        bf16.dotConvolveWeights(words, gradient: gradients, extents, accumulating: weightGradient)
      }
    }
    guard tiling.rows == height else { continue }
    extents.images = group.count
    bf16.dotConvolveWeights(words, gradient: gradients, extents, accumulating: weightGradient)
  }
}

/// The weights' gradient of few positions and many weights: workers share the images to pair them, and then the taps to
/// sum them, so that nothing has to be added up between them.
struct BF16TapGradient {
  /// The taps that a worker sums at a time.
  private static let tapRun = 64
  private let tiling: BF16GradientTiling

  /// nil where sums of chunks of images cost less.
  init?(_ geometry: ConvolutionGeometry) {
    tiling = BF16GradientTiling(geometry: geometry)
    guard geometry.output.pixels <= 16, tiling.rows == geometry.output.height else { return nil }
  }

  var perWorker: Int { tiling.paddedCount / 2 }

  private func imagesPerGroup(_ images: Int) -> Int {
    max(1, min(images, 4_194_304 / (tiling.imagePairs + tiling.gradientPairs)))
  }

  /// Floats of shared scratch: the pairs of a group.
  func shared(images: Int) -> Int { imagesPerGroup(images) * (tiling.imagePairs + tiling.gradientPairs) }

  /// Overwrites `weightGradient`; see `convolveBackwardWeights`.
  func write(_ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>) {
    let (input, execution) = (pass.input, pass.execution)
    let (geometry, taps, channels) = (tiling.geometry, tiling.taps, tiling.geometry.outputChannels)
    let group = imagesPerGroup(input.images)
    let words = UnsafeMutableRawPointer(execution.scratch.shared(shared(images: input.images))).assumingMemoryBound(
      to: UInt32.self)
    let paired = PairedImages(
      pass: pass, tiling: tiling, words: words, gradients: words + group * tiling.imagePairs)
    let run = Self.tapRun
    let runs = (taps + run - 1) / run
    for first in stride(from: 0, to: input.images, by: group) {
      let count = min(group, input.images - first)
      execution.pool.run(chunks: count) { place, worker in
        let scratch = execution.scratch.workerBF16(worker, tiling.paddedCount)
        paired.pad(first + place, into: scratch)
        paired.pair(first + place, rows: 0..<geometry.output.height, scratch, at: place)
      }
      execution.pool.run(chunks: geometry.kernelHeight * runs) { chunk, _ in
        let (row, tap) = (chunk / runs, chunk % runs * run)
        var extents = tiling.extents
        extents.images = count
        extents.rows = 1
        extents.taps = min(run, taps - tap)
        let target = weightGradient + (row * taps + tap) * channels
        if first == 0 { target.update(repeating: 0, count: extents.taps * channels) }
        execution.bf16.dotConvolveWeights(
          words + row * tiling.pairs * taps + tap, gradient: paired.gradients, extents, accumulating: target)
      }
    }
  }
}

extension BF16GradientTiling {
  /// The extents of the sum over one image, or as much of it as is paired at a time.
  fileprivate var extents: DotGradientExtents {
    var extents = DotGradientExtents(pairs: pairs, taps: taps, channels: geometry.outputChannels)
    extents.rows = geometry.kernelHeight
    extents.stride = geometry.stride
    extents.height = geometry.output.height
    extents.imagePitch = imagePairs
    return extents
  }
}

extension ConvolutionGeometry {
  /// The scratch of a bf16 weight gradient, whichever way a table of loops takes.
  func bf16GradientScratch(images: Int, sums: Int) -> ScratchSize {
    var size =
      if let taps = BF16TapGradient(self) {
        ScratchSize(perWorker: taps.perWorker, shared: taps.shared(images: images))
      } else {
        ScratchSize(perWorker: BF16GradientTiling(geometry: self).scratch, shared: sums)
      }
    if let winograd = BF16WinogradGradient(self) {
      size.formUnion(ScratchSize(perWorker: winograd.perWorker, shared: winograd.shared(images: images)))
    }
    size.formUnion(BF16TileGradient.scratch(self, images: images, sums: sums))
    return size
  }
}
