package import LoopTypes

extension Loops {
  /// Writes some rows of the patch matrix (im2col) of one NHWC image: row p holds the
  /// kernelHeight x kernelWidth x channels values under the kernel at output position p, zero outside of the image.
  /// A negative padding cuts the image's border off.
  @inline(never)
  package static func im2col(
    _ image: UnsafePointer<Stored>, _ extents: Im2colExtents, rows: Range<Int>,
    into patches: UnsafeMutablePointer<Stored>
  ) {
    let (height, width, channels) = (extents.image.height, extents.image.width, extents.image.channels)
    let (kernelHeight, kernelWidth, stride) = (extents.kernel.height, extents.kernel.width, extents.stride)
    let span = kernelWidth * channels
    var target = patches
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
        if row < 0 || row >= height || begin == end {
          clear(target, span)
        } else {
          let source = image + (row * width + left + begin) * channels
          if begin > 0 { clear(target, begin * channels) }
          copy(source, target + begin * channels, (end - begin) * channels)
          if end < kernelWidth { clear(target + end * channels, (kernelWidth - end) * channels) }
        }
        target += span
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
