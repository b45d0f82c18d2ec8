internal import LoopTypes

/// One correlation of bf16 images with a kernel, as the dot-product loops see it: the forward pass of a convolution, its
/// data gradient, or the part of a strided data gradient that falls on every second row and column.
struct BF16Pass: Hashable {
  /// What is read.
  var source: Shape
  var kernelHeight: Int
  var kernelWidth: Int
  var stride = 1
  /// Output row r reads rows from r · stride - top on; rows outside of the source are zero. The same for columns.
  var top: Int
  var left: Int
  /// The outputs, and where they go: from the start of an image of the target, and from one to the next, in numbers.
  var height: Int
  var width: Int
  var results: Int
  var offset = 0
  var step: Int
  var pitch: Int
  /// For each row and column of the kernel, the tap whose matrix of weights it takes.
  var taps: [Int]
  /// Whether these matrices are results x source channels: those of the forward pass, read for the data gradient.
  var isTransposed = false
}

extension ConvolutionGeometry {
  var bf16Forward: BF16Pass {
    BF16Pass(
      source: input, kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: stride, top: padding, left: padding,
      height: output.height, width: output.width, results: outputChannels, step: outputChannels,
      pitch: output.width * outputChannels, taps: Array(0..<kernelHeight * kernelWidth))
  }

  /// The data gradient: one pass for each remainder of a row and of a column by the stride, with the kernel turned by
  /// 180 degrees and input and output channels exchanged.
  ///
  /// With s for the stride, input row s·m + r - padding meets the kernel's rows r, r + s, …, at the output rows m, m - 1, …
  var bf16Data: [BF16Pass] {
    let rows = residues(extent: input.height, kernel: kernelHeight)
    let columns = residues(extent: input.width, kernel: kernelWidth)
    return rows.flatMap { row in
      columns.map { column in
        let taps = row.taps.flatMap { ky in column.taps.map { kx in ky * kernelWidth + kx } }
        return BF16Pass(
          source: output, kernelHeight: row.taps.count, kernelWidth: column.taps.count, top: row.before,
          left: column.before, height: row.count, width: column.count, results: input.channels,
          offset: (row.first * input.width + column.first) * input.channels, step: stride * input.channels,
          pitch: stride * input.width * input.channels, taps: taps, isTransposed: true)
      }
    }
  }

  /// Whether the passes of the data gradient leave out positions, whose gradient is zero.
  var hasGaps: Bool { kernelHeight < stride || kernelWidth < stride }

  private struct Residue {
    /// The first position, and how many there are at a distance of the stride.
    let first: Int
    let count: Int
    let before: Int
    /// The kernel's rows or columns that meet them, in the order in which the outputs are read.
    let taps: [Int]
  }

  private func residues(extent: Int, kernel: Int) -> [Residue] {
    (0..<min(stride, kernel)).compactMap { residue in
      let lowest = (padding - residue + stride - 1) / stride
      let start = residue <= padding ? lowest : 0
      let first = stride * start + residue - padding
      guard first < extent else { return nil }
      let taps = Array(Swift.stride(from: residue, to: kernel, by: stride).reversed())
      return Residue(
        first: first, count: (extent - first + stride - 1) / stride, before: taps.count - 1 - start, taps: taps)
    }
  }
}

extension BF16Pass {
  var rowTaps: Int { kernelWidth * source.channels }
  var isContiguous: Bool { step == results && pitch == width * results && offset == 0 }
  private var isPointwise: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 && top == 0 && left == 0 }
  /// Whether the patch matrix of an image is the image itself.
  var isIdentity: Bool { isPointwise && height == source.height && width == source.width }

  /// The padded image. Negative paddings leave out its first rows and columns.
  var paddedHeight: Int { padded((height - 1) * stride + kernelHeight, source.height, before: top) }
  var paddedWidth: Int { padded((width - 1) * stride + kernelWidth, source.width, before: left) }
  private func padded(_ read: Int, _ extent: Int, before: Int) -> Int {
    max(read + max(0, -before), max(0, before) + extent)
  }
  /// Numbers behind a padded image that are read and do not count: at most 15 pairs of taps.
  static let slack = 64
  var paddedCount: Int { paddedHeight * paddedWidth * source.channels + Self.slack }

  /// Whether outputs are computed straight from a padded image; else from a matrix of patches.
  var isDirect: Bool { width >= 8 && top >= 0 && left >= 0 }

  /// Pairs of some taps, on tiles whole tiles of them.
  func pairs(_ taps: Int, tiles: Bool) -> Int {
    let pairs = (taps + 1) / 2
    return tiles ? (pairs + tilePairs - 1) / tilePairs * tilePairs : pairs
  }

  /// Numbers that the packed weights take.
  func packedCount(tiles: Bool) -> Int {
    let rows =
      isDirect || tiles ? kernelHeight * pairs(rowTaps, tiles: tiles) : pairs(kernelHeight * rowTaps, tiles: false)
    return results / 16 * rows * 32
  }

  /// Packs the weights, a matrix for each tap, see `packDots`.
  func pack(
    _ weights: UnsafePointer<Float>, into packed: UnsafeMutablePointer<UInt16>, tiles: Bool, on execution: Execution
  ) {
    let bf16 = execution.bf16
    let count = packedCount(tiles: tiles)
    let block = count / (results / 16)
    let isByRows = isDirect || tiles
    let rowPairs = isByRows ? pairs(rowTaps, tiles: tiles) : rowTaps / 2
    // Pairs that fill up a row, and channels that fill up a pair, have the weight zero.
    let used = kernelHeight * rowTaps * results
    if count > used { packed.update(repeating: 0, count: count) }
    if source.channels % 2 == 0 {
      let extents = DotPackingExtents(taps: source.channels, channels: results, blockPitch: block)
      execution.pool.run(chunks: taps.count) { index, _ in
        let (row, column) = (index / kernelWidth, index % kernelWidth)
        bf16.pack(
          weights + taps[index] * source.channels * results, extents, isTransposed: isTransposed,
          into: packed + 32 * (row * rowPairs + column * source.channels / 2))
      }
    } else if isByRows {
      // Taps of a row are paired across positions, which only the forward pass asks for.
      let extents = DotPackingExtents(taps: rowTaps, channels: results, blockPitch: block)
      for row in 0..<kernelHeight {
        bf16.packDots(weights + row * rowTaps * results, extents, into: packed + 32 * row * rowPairs)
      }
    } else {
      bf16.packDots(
        weights, DotPackingExtents(taps: kernelHeight * rowTaps, channels: results, blockPitch: block), into: packed)
    }
  }

  /// Images whose rows are multiplied at a time where there is a matrix of patches.
  var imagesPerTile: Int { isDirect ? 1 : max(1, 96 / (height * width)) }
  private var tileRows: Int { max(8, imagesPerTile * height * width) }
  private var tileDepth: Int { kernelHeight * rowTaps }
  private var patchCount: Int { tileRows * tileDepth + Self.slack }

  /// Numbers of scratch that one worker needs.
  var scratchCount: Int {
    isDirect ? paddedCount : source.count + Self.slack + patchCount + tileRows * results
  }

  /// The padded image in `scratch`, or the image itself where nothing is to be added or done to it. `needsSlack` says that
  /// numbers behind it are read.
  func padded(
    _ image: UnsafePointer<UInt16>, normalizing: BatchNormalization?, needsSlack: Bool,
    in scratch: UnsafeMutablePointer<UInt16>, _ bf16: any BF16Loops.Type
  ) -> UnsafePointer<UInt16> {
    let isPlain = top <= 0 && left <= 0 && paddedHeight == source.height && paddedWidth == source.width
    if normalizing == nil && isPlain && !needsSlack { return image }
    let extents = PaddedImage(
      shape: source, top: max(0, top), left: max(0, left), height: paddedHeight, width: paddedWidth)
    extents.fill(scratch, with: image, normalizing: normalizing, bf16)
    return UnsafePointer(scratch)
  }

  /// Computes some images (one, where it is direct) of a convolution's pass.
  func compute(
    _ images: Range<Int>, of whole: FeaturePass, by weights: UnsafePointer<UInt16>,
    scratch: UnsafeMutablePointer<UInt16>
  ) {
    guard isDirect else { return multiplyIm2col(images, of: whole, by: weights, scratch: scratch) }
    let (source, target, bf16) = (whole.source, whole.target, whole.execution.bf16)
    let image = source.bf16Base + images.lowerBound * source.shape.count
    let result = target.bf16Base + images.lowerBound * target.shape.count + offset
    let start = padded(
      image, normalizing: whole.normalization, needsSlack: rowTaps % 2 != 0, in: scratch, bf16)
    var extents = DotExtents(
      width: width, channels: results, pairs: pairs(rowTaps, tiles: false),
      step: stride * source.shape.channels, outputStep: step)
    if isIdentity && isContiguous {
      extents.width = height * width
    } else {
      extents.height = height
      extents.rows = kernelHeight
      extents.rowPitch = paddedWidth * source.shape.channels
      extents.stride = stride
      extents.outputPitch = pitch
    }
    bf16.dotConvolve(start, by: weights, extents, accumulating: whole.isAccumulating, into: result)
  }

  private func multiplyIm2col(
    _ images: Range<Int>, of whole: FeaturePass, by weights: UnsafePointer<UInt16>,
    scratch: UnsafeMutablePointer<UInt16>
  ) {
    let (source, target, bf16) = (whole.source, whole.target, whole.execution.bf16)
    let pixels = height * width
    let rows = images.count * pixels
    let (normalized, patches) = (scratch, scratch + source.shape.count + Self.slack)
    let extents = Im2colExtents(
      image: source.shape, kernel: Size(height: kernelHeight, width: kernelWidth), stride: stride,
      padding: Padding(top: top, left: left), output: Size(height: height, width: width))
    for (place, index) in images.enumerated() {
      var image = UnsafePointer(source.bf16Base + index * source.shape.count)
      if let normalization = whole.normalization {
        PaddedImage(source.shape).fill(normalized, with: image, normalizing: normalization, bf16)
        image = UnsafePointer(normalized)
      }
      bf16.im2col(image, extents, rows: 0..<pixels, into: patches + place * pixels * tileDepth)
    }
    (patches + rows * tileDepth).update(repeating: 0, count: patchCount - rows * tileDepth)
    let products = patches + patchCount
    bf16.dotConvolve(
      patches, by: weights,
      DotExtents(
        width: max(8, rows), channels: results, pairs: pairs(tileDepth, tiles: false), step: tileDepth,
        outputStep: results), accumulating: false, into: products)
    for (place, index) in images.enumerated() {
      put(
        products + place * pixels * results,
        into: SumTarget(
          target.bf16Base + index * target.shape.count + offset, isAccumulating: whole.isAccumulating), bf16)
    }
  }

  private func put(_ products: UnsafePointer<UInt16>, into target: SumTarget<UInt16>, _ bf16: any BF16Loops.Type) {
    func put(_ source: UnsafePointer<UInt16>, _ place: UnsafeMutablePointer<UInt16>, _ count: Int) {
      if target.isAccumulating {
        bf16.add(place, source, count: count, into: place)
      } else {
        place.update(from: source, count: count)
      }
    }
    if isContiguous { return put(products, target.place, height * width * results) }
    for row in 0..<height {
      for column in 0..<width {
        put(products + (row * width + column) * results, target.place + row * pitch + column * step, results)
      }
    }
  }
}

extension BF16Loops {
  /// Packs a matrix of weights, or its transpose.
  static func pack(
    _ weights: UnsafePointer<Float>, _ extents: DotPackingExtents, isTransposed: Bool,
    into packed: UnsafeMutablePointer<UInt16>
  ) {
    if isTransposed {
      packTransposedDots(weights, extents, into: packed)
    } else {
      packDots(weights, extents, into: packed)
    }
  }
}

extension PaddedImage {
  /// Copies or normalises an image into `target`, with zeros around it and slack behind it.
  func fill(
    _ target: UnsafeMutablePointer<UInt16>, with image: UnsafePointer<UInt16>, normalizing: BatchNormalization?,
    _ bf16: any BF16Loops.Type
  ) {
    if let normalizing {
      bf16.padNormalized(image, self, by: normalizing.scaling, into: target)
    } else {
      bf16.padImage(image, self, into: target)
    }
    (target + count).update(repeating: 0, count: BF16Pass.slack)
  }
}
