/// A convolution of bf16 images with weights that are floats; see `convolve`.
func convolveBF16(
  _ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor, geometry: ConvolutionGeometry,
  fusion: ConvolutionFusion, on execution: Execution
) {
  let passes = [geometry.bfloatForward]
  let layout = BF16Scratch(passes)
  let sums = fusion.forwardSums(output, after: layout.sums, execution)
  layout.run(
    passes, of: input, normalizing: fusion.input, weights, into: output, accumulating: false, on: execution
  ) { fusion.finish($0, of: output, sums, execution) }
  fusion.settle(sums, output)
}

/// The gradient with respect to bf16 images; see `convolveBackwardData`.
func convolveBF16BackwardData(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, fusion: ConvolutionFusion, on execution: Execution
) {
  let passes = geometry.bfloatData
  let layout = BF16Scratch(passes)
  let sums = fusion.backwardSums(inputGradient, after: layout.sums, execution)
  if geometry.hasGaps && !accumulating {
    execution.pool.run(chunks: inputGradient.images) { image, _ in
      (inputGradient.bfloats + image * geometry.input.count).update(repeating: 0, count: geometry.input.count)
    }
  }
  layout.run(
    passes, of: outputGradient, normalizing: nil, weights, into: inputGradient, accumulating: accumulating,
    on: execution
  ) { fusion.sum($0, of: inputGradient, sums, execution) }
  fusion.settleBackward(sums, inputGradient)
}

/// The shared scratch of a convolution's passes: the packed weights of each, then the sums of a normalisation.
struct BF16Scratch {
  /// The first float of each pass's packed weights, and behind them.
  private let packed: [Int]
  let sums: Int
  private let perWorker: Int

  init(_ passes: [BF16Pass]) {
    var at = 0
    packed = passes.map { pass in
      defer {
        let counts = [pass.packedCount(tiles: true), pass.packedCount(tiles: false)]
        at += aligned(max((counts.max() ?? 0) / 2, pass.winograd?.shared ?? 0))
      }
      return at
    }
    sums = at
    perWorker =
      passes.map {
        max(max($0.scratchCount, BF16TilePass($0).scratchCount) / 2 + 1, $0.winograd?.perWorker ?? 0)
      }.max() ?? 0
  }

  func size(channels: Int, batch: Int) -> ScratchSize {
    ScratchSize(perWorker: perWorker, shared: sums + ConvolutionFusion.scratch(channels: channels, batch: batch))
  }

  /// Computes the passes for all images, a few at a time, and calls `finished` after each image.
  func run(
    _ passes: [BF16Pass], of source: Tensor, normalizing: BatchNormalization?, _ weights: UnsafePointer<Float>,
    into target: Tensor, accumulating: Bool, on execution: Execution, finished: (_ image: Int) -> Void
  ) {
    let dots = execution.dots
    let base = execution.scratch.shared(sums)
    if dots.tileConvolve != nil {
      let matrices = pack(passes, weights, tiles: true, on: execution)
      return BF16TilePass.run(
        zip(passes, matrices).map { (BF16TilePass($0), $1) }, source, normalizing: normalizing, into: target,
        accumulating: accumulating, perWorker: 2 * perWorker, on: execution, finished: finished)
    }
    if let only = passes.first, passes.count == 1, let winograd = only.winograd {
      let matrix = winograd.pack(weights, isTransposed: only.isTransposed, at: base + packed[0], on: execution)
      return execution.forEachRange(of: source.images, step: winograd.imagesPerGroup) { range, worker in
        winograd.compute(
          range, of: source, normalizing: normalizing, matrix, into: target, accumulating: accumulating,
          scratch: execution.scratch.worker(worker, perWorker), dots)
        range.forEach(finished)
      }
    }
    let matrices = pack(passes, weights, tiles: false, on: execution)
    let images = passes.map(\.imagesPerTile).max() ?? 1
    execution.forEachRange(of: source.images, step: images) { range, worker in
      let scratch = execution.scratch.workerBF16(worker, 2 * perWorker)
      for (pass, matrix) in zip(passes, matrices) {
        for first in stride(from: range.lowerBound, to: range.upperBound, by: pass.imagesPerTile) {
          pass.compute(
            first..<min(range.upperBound, first + pass.imagesPerTile), of: source, normalizing: normalizing, matrix,
            into: target, accumulating: accumulating, scratch: scratch, dots)
        }
      }
      range.forEach(finished)
    }
  }

  private func pack(
    _ passes: [BF16Pass], _ weights: UnsafePointer<Float>, tiles: Bool, on execution: Execution
  ) -> [UnsafePointer<UInt16>] {
    let base = execution.scratch.shared(sums)
    return passes.enumerated().map { index, pass in
      let place = UnsafeMutableRawPointer(base + packed[index]).assumingMemoryBound(to: UInt16.self)
      pass.pack(weights, into: place, tiles: tiles, on: execution)
      return UnsafePointer(place)
    }
  }
}

extension BF16Pass {
  /// The fast algorithm, where it applies and pays.
  var winograd: BF16Winograd? {
    let isThree = kernelHeight == 3 && kernelWidth == 3 && stride == 1 && top == 1 && left == 1
    guard isThree, isContiguous, min(source.channels, results) >= 32, source.channels % 16 == 0, results % 16 == 0
    else { return nil }
    return BF16Winograd(source, results: results)
  }
}

/// A count of floats rounded up to whole cache lines.
func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }
