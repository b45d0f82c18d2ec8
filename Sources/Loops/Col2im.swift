package import LoopTypes

extension Loops {
  /// The adjoint of `im2col`: adds some rows of a patch matrix to the image's positions that they
  /// were gathered from.
  @inline(never)
  package static func col2im(
    _ patches: UnsafePointer<Float>, _ extents: Im2colExtents, rows: Range<Int>,
    accumulating image: UnsafeMutablePointer<Float>
  ) {
    let (height, width, channels) = (extents.image.height, extents.image.width, extents.image.channels)
    let (kernelHeight, kernelWidth, stride) = (extents.kernel.height, extents.kernel.width, extents.stride)
    let span = kernelWidth * channels
    var source = patches
    var outputRow = rows.lowerBound / extents.output.width
    var outputColumn = rows.lowerBound - outputRow * extents.output.width
    var position = rows.lowerBound
    while position < rows.upperBound {
      let top = outputRow * stride - extents.padding.top
      let left = outputColumn * stride - extents.padding.left
      let begin = min(max(0, 0 - left), kernelWidth)
      let end = max(begin, min(kernelWidth, width - left))
      var tap = 0
      while tap < kernelHeight {
        let row = top + tap
        if row >= 0 && row < height && begin < end {
          addTo(
            source + begin * channels, image + (row * width + left + begin) * channels,
            (end - begin) * channels)
        }
        source += span
        tap += 1
      }
      outputColumn += 1
      if outputColumn == extents.output.width {
        outputColumn = 0
        outputRow += 1
      }
      position += 1
    }
  }
}
