internal import LoopTypes

/// The weights' gradient of a convolution of bf16 images on tiles; see `tileSumWeights`.
///
/// The pairs of a group of images lie row by row, those of all its images behind one another, so that 16 of them are
/// taken from rows of any width. Rows of the padded image that a stride keeps apart are neighbours, for the same reason.
struct BF16TileGradient {
  private let tiling: BF16GradientTiling

  init(_ geometry: ConvolutionGeometry) { tiling = BF16GradientTiling(geometry: geometry) }

  private var geometry: ConvolutionGeometry { tiling.geometry }
  private var pairs: Int { tiling.pairs }
  private var taps: Int { tiling.taps }
  /// Tiles of taps in a row of the kernel, and in all.
  private var tilesPerRow: Int { (taps + 15) / 16 }
  private var tapTiles: Int { geometry.kernelHeight * tilesPerRow }
  private var channelTiles: Int { geometry.outputChannels / 16 }
  private var sumCount: Int { tapTiles * channelTiles * 256 }

  /// The remainders of rows by the stride that meet a row of the kernel.
  private var residues: Int { min(geometry.stride, geometry.kernelHeight) }
  /// Whether pairs can be read from an image as it lies.
  private var isPlain: Bool {
    geometry.padding == 0 && taps % 16 == 0 && tiling.paddedWidth == geometry.input.width
      && tiling.paddedHeight == geometry.input.height
  }

  /// Images whose rows together fill whole windows.
  private var imagesPerUnit: Int { 16 >> min(4, pairs.trailingZeroBitCount) }

  /// Where the pairs of some images, or of some rows of one, lie. All counts are in 32-bit words.
  private struct Layout {
    let rows: Int
    let windowsPerRow: Int
    let rowPitch: Int
    /// Padded rows of each remainder by the stride.
    let rowsPerResidue: Int
    /// From the pairs of 16 taps to those of the next, and from the gradients of 16 channels to those of the next.
    let tapPitch: Int
    let channelPitch: Int
    let words: Int
    let gradients: Int

    init(_ g: BF16TileGradient, images: Int, rows: Int) {
      self.rows = rows
      windowsPerRow = (images * g.pairs + 15) / 16
      rowPitch = windowsPerRow * 256
      rowsPerResidue = rows + (g.geometry.kernelHeight - 1) / g.geometry.stride
      tapPitch = g.residues * rowsPerResidue * rowPitch
      channelPitch = rows * rowPitch
      words = g.tilesPerRow * tapPitch
      gradients = g.channelTiles * channelPitch
    }

    var windows: Int { rows * windowsPerRow }
    var count: Int { words + gradients }
  }

  /// Where each tile of taps begins.
  private func tapOffsets(_ layout: Layout) -> [Int] {
    (0..<geometry.kernelHeight).flatMap { row in
      let place = row % geometry.stride * layout.rowsPerResidue + row / geometry.stride
      return (0..<tilesPerRow).map { $0 * layout.tapPitch + place * layout.rowPitch }
    }
  }

  // MARK: - Few weights: chunks of images, whose sums are added

  /// What a chunk pairs at a time: images, or rows of one.
  private struct Group {
    let images: Int
    let rows: Int
  }

  /// Words of a group that stay in the second-level cache.
  private static let cachedWords = 262_144

  /// The group that fits and wastes least: windows that are not full, and rows that two parts of an image both need.
  private var group: Group {
    var (best, least) = (Group(images: 1, rows: 1), Double.infinity)
    for images in 1...imagesPerUnit {
      let height = geometry.output.height
      var rows = height
      if Layout(self, images: images, rows: rows).count > Self.cachedWords {
        guard images == 1 else { break }
        while rows > 1, Layout(self, images: 1, rows: rows).count > Self.cachedWords { rows = (rows + 1) / 2 }
      }
      let windows = Double(16 * Layout(self, images: images, rows: rows).windowsPerRow) / Double(images * pairs)
      let overlap = rows == height ? 0 : Double(geometry.kernelHeight - 1) / Double(rows * geometry.stride)
      let waste = windows + overlap / 4
      if waste < least { (best, least) = (Group(images: images, rows: rows), waste) }
    }
    return best
  }

  private func groupCount(_ group: Group) -> Int { Layout(self, images: group.images, rows: group.rows).count }

  /// The pairs of a row of gradients before they are transposed.
  private func rowWords(images: Int) -> Int { (images * pairs + 15) / 16 * 16 * geometry.outputChannels }

  private func chunkScratch(_ group: Group) -> Int {
    tiling.paddedCount / 2 + groupCount(group) + rowWords(images: group.images) + sumCount
  }

  /// Overwrites `target` with the sum over some images. `offsets` are those of the taps of a whole group.
  private func sum(
    _ images: Range<Int>, of work: Work, by group: Group, _ offsets: [Int],
    into target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let height = geometry.output.height
    let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
    let sums = scratch + tiling.paddedCount / 2
    let words = UnsafeMutableRawPointer(sums + sumCount).assumingMemoryBound(to: UInt32.self)
    let buffer = words + groupCount(group)
    var begins = true
    for first in stride(from: images.lowerBound, to: images.upperBound, by: group.images) {
      let some = first..<min(images.upperBound, first + group.images)
      for row in stride(from: 0, to: height, by: group.rows) {
        let rows = row..<min(height, row + group.rows)
        let paired = PairedTiles(words: words, layout: Layout(self, images: some.count, rows: rows.count))
        for (place, image) in some.enumerated() {
          let start = prepare(image, work.pass, in: padded, isReady: row > 0)
          pairTaps(start, rows: rows, place: place, into: paired, work.bf16)
        }
        paired.fill(after: some.count * pairs)
        transpose(some, rows: rows, of: work, into: paired, at: 0, buffer: buffer)
        let isWhole = some.count == group.images && rows.count == group.rows
        (isWhole ? offsets : tapOffsets(paired.layout)).withUnsafeBufferPointer { taps in
          work.tiles.tileSumWeights(
            words, gradients: paired.gradients,
            TileGradientExtents(
              taps: taps, channelTiles: channelTiles, windows: paired.layout.windows,
              channelPitch: paired.layout.channelPitch, begins: begins), into: sums)
        }
        begins = false
      }
    }
    let all = SumBlock(taps: 0..<tapTiles, channels: 0..<channelTiles)
    spread(sums, all, into: SumTarget(target, isAccumulating: false), work.bf16)
  }

  // MARK: - Many weights: workers share them, and all images are paired first

  /// Tiles of sums that a worker's second-level cache holds, and tiles of channels that it takes at a time.
  private static let cachedTiles = 1152
  private static let channelTilesPerBlock = 32
  private static let sharedWords = 4_194_304

  private func sharedImages(_ images: Int) -> Int {
    let unit = min(images, imagesPerUnit)
    let words = Layout(self, images: unit, rows: geometry.output.height).count
    return max(1, min(images / unit, Self.sharedWords / words)) * unit
  }

  private func sharedCount(images: Int) -> Int {
    Layout(self, images: sharedImages(images), rows: geometry.output.height).count
  }

  private func sharedScratch(images: Int) -> Int {
    max(tiling.paddedCount / 2 + rowWords(images: min(images, imagesPerUnit)), Self.cachedTiles * 256)
  }

  /// How the sums are dealt to workers: runs of tiles of taps by runs of tiles of channels. No sum depends on it.
  private func blocks(threads: Int) -> [SumBlock] {
    let channels = runs(
      of: channelTiles, parts: (channelTiles + Self.channelTilesPerBlock - 1) / Self.channelTilesPerBlock)
    // Even, as runs are: none is longer than this.
    let most = max(2, Self.cachedTiles / (channels.map(\.count).max() ?? 1) / 2 * 2)
    var parts = (tapTiles + most - 1) / most
    while parts * channels.count % threads != 0 && parts < tapTiles { parts += 1 }
    return channels.flatMap { channels in
      runs(of: tapTiles, parts: parts).map { SumBlock(taps: $0, channels: channels) }
    }
  }

  /// Runs of even lengths, as near to one another as these can be.
  private func runs(of count: Int, parts: Int) -> [Range<Int>] {
    let twos = (count + 1) / 2
    return (0..<min(parts, twos)).map { part in
      let parts = min(parts, twos)
      return 2 * (part * twos / parts)..<min(count, 2 * ((part + 1) * twos / parts))
    }
  }

  private func sumShared(_ work: Work, into target: UnsafeMutablePointer<Float>) {
    let (images, execution) = (work.pass.input.images, work.pass.execution)
    let rows = 0..<geometry.output.height
    let most = sharedImages(images)
    let unit = min(images, imagesPerUnit)
    let words = UnsafeMutableRawPointer(execution.scratch.shared(sharedCount(images: images))).assumingMemoryBound(
      to: UInt32.self)
    let blocks = blocks(threads: execution.pool.threads)
    for first in stride(from: 0, to: images, by: most) {
      let group = first..<min(images, first + most)
      let paired = PairedTiles(words: words, layout: Layout(self, images: group.count, rows: rows.count))
      let perWorker = sharedScratch(images: images)
      execution.forEachRange(of: group.count, step: unit) { some, worker in
        let scratch = execution.scratch.worker(worker, perWorker)
        let padded = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
        let buffer = UnsafeMutableRawPointer(scratch + tiling.paddedCount / 2).assumingMemoryBound(to: UInt32.self)
        for place in some {
          let start = prepare(first + place, work.pass, in: padded, isReady: false)
          pairTaps(start, rows: rows, place: place, into: paired, work.bf16)
        }
        if some.upperBound == group.count { paired.fill(after: group.count * pairs) }
        transpose(
          first + some.lowerBound..<first + some.upperBound, rows: rows, of: work, into: paired,
          at: some.lowerBound, buffer: buffer)
      }
      let offsets = tapOffsets(paired.layout)
      execution.pool.run(chunks: blocks.count) { index, worker in
        let block = blocks[index]
        let sums = execution.scratch.worker(worker, perWorker)
        offsets[block.taps].withUnsafeBufferPointer { taps in
          work.tiles.tileSumWeights(
            words, gradients: paired.gradients + block.channels.lowerBound * paired.layout.channelPitch,
            TileGradientExtents(
              taps: taps, channelTiles: block.channels.count, windows: paired.layout.windows,
              channelPitch: paired.layout.channelPitch, begins: true), into: sums)
        }
        spread(sums, block, into: SumTarget(target, isAccumulating: first > 0), work.bf16)
      }
    }
  }

  // MARK: - Both

  /// A gradient, and the loops that sum it.
  private struct Work {
    let pass: WeightPass
    let tiles: any TileLoops.Type

    var bf16: any BF16Loops.Type { pass.execution.bf16 }
  }

  /// Runs of tiles of taps and of channels, whose sums lie behind one another.
  private struct SumBlock {
    let taps: Range<Int>
    let channels: Range<Int>
  }

  /// The pairs of some images, and behind them those of their gradients.
  private struct PairedTiles {
    let words: UnsafeMutablePointer<UInt32>
    let layout: Layout

    var gradients: UnsafeMutablePointer<UInt32> { words + layout.words }

    /// Clears the words behind `pairs` pairs of each row, which are multiplied by zero.
    func fill(after pairs: Int) {
      let used = pairs * 16
      guard used < layout.rowPitch else { return }
      for row in stride(from: 0, to: layout.words, by: layout.rowPitch) {
        (words + row + used).update(repeating: 0, count: layout.rowPitch - used)
      }
    }
  }

  /// Overwrites `target`, see `convolveBackwardWeights`.
  func write(_ pass: WeightPass, into target: UnsafeMutablePointer<Float>, _ tiles: any TileLoops.Type) {
    let work = Work(pass: pass, tiles: tiles)
    if sharesWeights(images: pass.input.images) { return sumShared(work, into: target) }
    let group = group
    let offsets = tapOffsets(Layout(self, images: group.images, rows: group.rows))
    let perWorker = chunkScratch(group)
    sumWeightGradients(of: pass.input.images, into: target, geometry, on: pass.execution) { images, target, worker in
      sum(
        images, of: work, by: group, offsets, into: target,
        scratch: pass.execution.scratch.worker(worker, perWorker))
    }
  }

  /// Whether less memory is passed over when all pairs go through it than when the sums of chunks do.
  private func sharesWeights(images: Int) -> Bool {
    let chunks = geometry.weightGradientChunks(images: images)
    let whole = Layout(self, images: images, rows: geometry.output.height)
    return chunks > 1 && 3 * chunks * geometry.weightCount > 2 * whole.count
  }

  static func scratch(_ geometry: ConvolutionGeometry, images: Int, sums: Int) -> ScratchSize {
    let gradient = Self(geometry)
    return ScratchSize(perWorker: gradient.chunkScratch(gradient.group), shared: sums).union(
      ScratchSize(perWorker: gradient.sharedScratch(images: images), shared: gradient.sharedCount(images: images)))
  }

  /// An image as its taps are paired from, its output gradient written too; `isReady` says that both has been done.
  private func prepare(
    _ image: Int, _ pass: WeightPass, in scratch: UnsafeMutablePointer<UInt16>, isReady: Bool
  ) -> UnsafePointer<UInt16> {
    let isPlain = isPlain && pass.normalization == nil
    if !isReady {
      pass.prepare(image)
      if !isPlain { pass.pad(image, tiling, into: scratch) }
    }
    return UnsafePointer(isPlain ? pass.input.bf16Base + image * geometry.input.count : scratch)
  }

  private func pairTaps(
    _ padded: UnsafePointer<UInt16>, rows: Range<Int>, place: Int, into paired: PairedTiles,
    _ bf16: any BF16Loops.Type
  ) {
    let (stride, channels, layout) = (geometry.stride, geometry.input.channels, paired.layout)
    for row in 0..<tiling.paddedRows(rows.count) where row % stride < residues {
      let target = row % stride * layout.rowsPerResidue + row / stride
      bf16.pairTapTiles(
        padded + (rows.lowerBound * stride + row) * tiling.paddedWidth * channels,
        RowTaps(step: stride * channels, taps: taps, count: pairs),
        into: paired.words + target * layout.rowPitch + place * pairs * 16, tilePitch: layout.tapPitch)
    }
  }

  /// Transposes the gradients of some images, which begin with a window, and of zeros to the end of their last window.
  private func transpose(
    _ images: Range<Int>, rows: Range<Int>, of work: Work, into paired: PairedTiles, at place: Int,
    buffer: UnsafeMutablePointer<UInt32>
  ) {
    let (output, channels, layout) = (geometry.output, geometry.outputChannels, paired.layout)
    let used = images.count * pairs * channels
    let windows = (images.count * pairs + 15) / 16
    (buffer + used).update(repeating: 0, count: windows * 16 * channels - used)
    for (index, row) in rows.enumerated() {
      for (at, image) in images.enumerated() {
        work.bf16.pairOutputs(
          work.pass.outputGradient.bf16Base + image * output.count + row * output.width * channels,
          width: output.width, channels: channels, into: buffer + at * pairs * channels)
      }
      work.bf16.transposeWindows(
        buffer, channels: channels, windows: windows,
        into: paired.gradients + index * layout.rowPitch + place * pairs * 16, channelPitch: layout.channelPitch)
    }
  }

  private func spread(
    _ sums: UnsafeMutablePointer<Float>, _ block: SumBlock, into target: SumTarget<Float>,
    _ bf16: any BF16Loops.Type
  ) {
    for (index, tile) in block.taps.enumerated() {
      let tap = tile % tilesPerRow * 16
      let first = tile / tilesPerRow * taps + tap
      bf16.spreadSums(
        sums + index * block.channels.count * 256,
        SpreadExtents(
          taps: min(16, taps - tap), channelTiles: block.channels.count, pitch: geometry.outputChannels),
        accumulating: target.isAccumulating,
        into: target.place + first * geometry.outputChannels + block.channels.lowerBound * 16)
    }
  }
}
