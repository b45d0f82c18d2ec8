internal import LoopTypes

/// A `BF16Pass` on tiles; see `tileConvolve`. Sixteen outputs have to follow one another in memory, so where rows are
/// narrow those of several images are put behind one another.
struct BF16TilePass {
  private let pass: BF16Pass
  private let order: Order

  /// How the outputs' taps lie.
  private enum Order {
    /// Images as they are: the taps of an output are the numbers of its pixel.
    case pixels
    /// A padded image, in which each row of outputs makes tiles of its own.
    case padded
    /// For each row of taps the windows of all its outputs, of all images of a group. Rows that a stride keeps apart are
    /// neighbours, so that all outputs are one run.
    case windows
  }

  init(_ pass: BF16Pass) {
    self.pass = pass
    // A sixth of a row's tiles may be empty before it pays to copy windows.
    let isWide = 7 * pass.width >= 6 * 16 * ((pass.width + 15) / 16)
    if pass.isIdentity && pass.isContiguous {
      order = .pixels
    } else {
      order = isWide && pass.top >= 0 && pass.left >= 0 ? .padded : .windows
    }
  }

  // MARK: - Sizes

  private var depth: Int { pass.pairs(pass.rowTaps, tiles: true) / tilePairs }
  private var pixels: Int { pass.height * pass.width }

  /// The remainders of rows by the stride that meet a row of the kernel, and the padded rows of each.
  private var residues: Int { min(pass.stride, pass.kernelHeight) }
  private var rowsPerResidue: Int { pass.height + (pass.kernelHeight - 1) / pass.stride }
  /// Numbers that the windows of one image take.
  private var windowCount: Int { residues * rowsPerResidue * pass.width * pass.rowTaps }

  /// The least outputs of a group, and the numbers that a group may take where its weights leave the cache.
  private static let fewOutputs = 64
  private static let cachedNumbers = 524_288

  /// Images that are computed together, at most.
  private var mostImages: Int {
    guard order != .padded else { return 1 }
    let weights = pass.results * pass.kernelHeight * depth * 2 * tilePairs
    let least = (Self.fewOutputs + pixels - 1) / pixels
    guard weights > Self.cachedNumbers else { return least }
    return max(least, Self.cachedNumbers / (order == .pixels ? pass.source.count : windowCount))
  }

  /// bf16 numbers of scratch that one worker needs.
  var scratchCount: Int {
    switch order {
    case .pixels: mostImages * pass.source.count + BF16Pass.slack
    case .padded: pass.paddedCount
    case .windows: (pass.paddedCount + 31) / 32 * 32 + mostImages * windowCount + BF16Pass.slack
    }
  }

  // MARK: - Where outputs lie

  /// The tiles of a group of images.
  fileprivate struct Plan {
    var kernelRows: [Int]
    var places: [Int] = []
    var targets: [Int] = []
    let tileRows: Int
    let step: Int
  }

  private func plan(images: Int, target: Int) -> Plan {
    let source = pass.source.channels
    switch order {
    case .pixels, .windows:
      let rowTaps = order == .pixels ? source : pass.rowTaps
      let pitch = images * pass.width * rowTaps
      let kernelRows = (0..<pass.kernelHeight).map { row in
        (row % pass.stride * rowsPerResidue + row / pass.stride) * pitch
      }
      var plan = Plan(kernelRows: kernelRows, tileRows: min(16, images * pixels), step: rowTaps)
      plan.add(run: images * pixels, from: 0) { position in
        if order == .pixels { return position * pass.results }
        let (row, rest) = position.quotientAndRemainder(dividingBy: images * pass.width)
        let (image, column) = rest.quotientAndRemainder(dividingBy: pass.width)
        return image * target + row * pass.pitch + column * pass.step
      }
      return plan
    case .padded:
      let pitch = pass.paddedWidth * source
      var plan = Plan(
        kernelRows: (0..<pass.kernelHeight).map { $0 * pitch }, tileRows: min(16, pass.width),
        step: pass.stride * source)
      for row in 0..<pass.height {
        plan.add(run: pass.width, from: row * pass.stride * pitch) { row * pass.pitch + $0 * pass.step }
      }
      return plan
    }
  }

  // MARK: - The work

  /// Computes all images of a convolution's pass by some passes, and finishes each image.
  static func run(
    _ passes: [(tiles: BF16TilePass, weights: UnsafePointer<UInt16>)], _ whole: FeaturePass, perWorker: Int,
    _ loops: any TileLoops.Type
  ) {
    let (source, target, execution) = (whole.source, whole.target, whole.execution)
    // Enough groups for all workers; which images share one makes no difference to their numbers.
    let most = passes.map { $0.tiles.mostImages }.min() ?? 1
    let images = max(1, min(most, source.images / execution.pool.threads))
    let plans = passes.map { $0.tiles.plan(images: images, target: target.shape.count) }
    execution.forEachRange(of: source.images, step: images) { range, worker in
      let scratch = execution.scratch.workerBF16(worker, perWorker)
      for (index, (tiles, weights)) in passes.enumerated() {
        let plan = range.count == images ? plans[index] : tiles.plan(images: range.count, target: target.shape.count)
        let taps = tiles.gather(
          range, of: source, normalizing: whole.normalization, in: scratch, execution.bf16)
        let output = target.bf16Base + range.lowerBound * target.shape.count + tiles.pass.offset
        plan.withExtents(channels: tiles.pass.results, depth: tiles.depth) { extents in
          loops.tileConvolve(taps, by: weights, extents, accumulating: whole.isAccumulating, into: output)
        }
      }
      if let finished = whole.finished { range.forEach(finished) }
    }
  }

  /// The taps of some images in their order.
  private func gather(
    _ images: Range<Int>, of source: Tensor, normalizing: BatchNormalization?,
    in scratch: UnsafeMutablePointer<UInt16>, _ bf16: any BF16Loops.Type
  ) -> UnsafePointer<UInt16> {
    let size = pass.source.count
    let first = UnsafePointer(source.bf16Base + images.lowerBound * size)
    switch order {
    case .pixels:
      if normalizing == nil && pass.rowTaps % (2 * tilePairs) == 0 { return first }
      var rows = pass.source
      rows.height *= images.count
      PaddedImage(rows).fill(scratch, with: first, normalizing: normalizing, bf16)
      return UnsafePointer(scratch)
    case .padded:
      let needsSlack = pass.rowTaps % (2 * tilePairs) != 0
      return pass.padded(first, normalizing: normalizing, needsSlack: needsSlack, in: scratch, bf16)
    case .windows:
      let windows = scratch + (pass.paddedCount + 31) / 32 * 32
      let (channels, pitch) = (pass.source.channels, images.count * pass.width * pass.rowTaps)
      let read = (pass.height - 1) * pass.stride + pass.kernelHeight
      for residue in 0..<residues {
        // What the last windows of a remainder are filled up with must be finite.
        let end = residue * rowsPerResidue + (read - residue + pass.stride - 1) / pass.stride
        (windows + end * pitch).update(repeating: 0, count: BF16Pass.slack)
      }
      for place in 0..<images.count {
        let image = pass.padded(
          first + place * size, normalizing: normalizing, needsSlack: false, in: scratch, bf16)
        let (rows, columns) = (max(0, -pass.top), max(0, -pass.left))
        for row in 0..<read where row % pass.stride < residues {
          let target = row % pass.stride * rowsPerResidue + row / pass.stride
          bf16.copyWindows(
            image + ((row + rows) * pass.paddedWidth + columns) * channels,
            RowTaps(step: pass.stride * channels, taps: pass.rowTaps, count: pass.width),
            into: windows + target * pitch + place * pass.width * pass.rowTaps)
        }
      }
      return UnsafePointer(windows)
    }
  }
}

extension BF16TilePass.Plan {
  /// Appends the tiles of `count` outputs whose taps follow one another. The last tile is moved back to end with the run;
  /// what the one before it has is not written again.
  mutating func add(run count: Int, from start: Int, target: (_ position: Int) -> Int) {
    for first in stride(from: 0, to: count, by: 16) {
      let place = min(first, count - tileRows)
      places.append(start + place * step)
      for row in 0..<16 {
        targets.append(row < tileRows && place + row >= first ? target(place + row) : -1)
      }
    }
  }

  func withExtents(channels: Int, depth: Int, _ body: (TileExtents) -> Void) {
    kernelRows.withUnsafeBufferPointer { kernelRows in
      places.withUnsafeBufferPointer { places in
        targets.withUnsafeBufferPointer { targets in
          guard let rows = kernelRows.baseAddress, let place = places.baseAddress, let target = targets.baseAddress
          else { return }
          body(
            TileExtents(
              channels: channels, depth: depth, step: step, tileRows: tileRows,
              offsets: TileOffsets(
                rows: kernelRows.count, kernelRows: rows, tiles: places.count, places: place, targets: target)))
        }
      }
    }
  }
}
