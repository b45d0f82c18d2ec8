/// A convolution of bf16 images with weights that are floats; see `convolve`.
func convolveBF16(_ pass: FeaturePass, fusion: ConvolutionFusion) {
  let passes = [pass.geometry.bf16Forward]
  let layout = BF16Scratch(passes)
  let sums = fusion.forwardSums(pass.target, after: layout.sums, pass.execution)
  layout.run(passes, pass.finishing { fusion.finish($0, of: pass.target, sums, pass.execution) })
  fusion.settle(sums, pass.target)
}

/// The gradient with respect to bf16 images; see `convolveBackwardData`.
func convolveBF16BackwardData(_ pass: FeaturePass, fusion: ConvolutionFusion) {
  let (geometry, target, execution) = (pass.geometry, pass.target, pass.execution)
  let passes = geometry.bf16Data
  let layout = BF16Scratch(passes)
  let sums = fusion.backwardSums(target, after: layout.sums, execution)
  if geometry.hasGaps && !pass.isAccumulating {
    execution.pool.run(chunks: target.images) { image, _ in
      (target.bf16Base + image * geometry.input.count).update(repeating: 0, count: geometry.input.count)
    }
  }
  layout.run(passes, pass.finishing { fusion.sum($0, of: target, sums, execution) })
  fusion.settleBackward(sums, target)
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

  /// Computes the passes for all images, a few at a time, and finishes each image.
  func run(_ passes: [BF16Pass], _ whole: FeaturePass) {
    let execution = whole.execution
    let base = execution.scratch.shared(sums)
    if let tiles = execution.table.tiles {
      let matrices = pack(passes, whole, tiles: true)
      return BF16TilePass.run(
        zip(passes, matrices).map { (BF16TilePass($0), $1) }, whole, perWorker: 2 * perWorker, tiles)
    }
    if let only = passes.first, passes.count == 1, let winograd = only.winograd {
      let matrix = winograd.pack(whole.weights, isTransposed: only.isTransposed, at: base + packed[0], on: execution)
      return execution.forEachRange(of: whole.source.images, step: winograd.imagesPerGroup) { range, worker in
        winograd.compute(range, of: whole, by: matrix, scratch: execution.scratch.worker(worker, perWorker))
        if let finished = whole.finished { range.forEach(finished) }
      }
    }
    let matrices = pack(passes, whole, tiles: false)
    let images = passes.map(\.imagesPerTile).max() ?? 1
    execution.forEachRange(of: whole.source.images, step: images) { range, worker in
      let scratch = execution.scratch.workerBF16(worker, 2 * perWorker)
      for (pass, matrix) in zip(passes, matrices) {
        for first in stride(from: range.lowerBound, to: range.upperBound, by: pass.imagesPerTile) {
          pass.compute(
            first..<min(range.upperBound, first + pass.imagesPerTile), of: whole, by: matrix, scratch: scratch)
        }
      }
      if let finished = whole.finished { range.forEach(finished) }
    }
  }

  private func pack(_ passes: [BF16Pass], _ whole: FeaturePass, tiles: Bool) -> [UnsafePointer<UInt16>] {
    let base = whole.execution.scratch.shared(sums)
    return passes.enumerated().map { index, pass in
      let place = UnsafeMutableRawPointer(base + packed[index]).assumingMemoryBound(to: UInt16.self)
      pass.pack(whole.weights, into: place, tiles: tiles, on: whole.execution)
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
