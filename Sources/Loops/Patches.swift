/// Writes rows `first..<last` of the patch matrix (im2col) of one NHWC image: row p holds the
/// kernelHeight x kernelWidth x channels values under the kernel at output position p, zero outside of the image.
/// A negative padding cuts the image's border off.
@inline(never)
package func gatherPatches(
  _ image: UnsafePointer<Stored>, _ height: Int, _ width: Int, _ channels: Int, _ kernelHeight: Int,
  _ kernelWidth: Int, _ stride: Int, _ paddingTop: Int, _ paddingLeft: Int, _ outputWidth: Int, _ first: Int,
  _ last: Int,
  _ patches: UnsafeMutablePointer<Stored>
) {
  let span = kernelWidth * channels
  var target = patches
  var outputRow = first / outputWidth
  var outputColumn = first - outputRow * outputWidth
  var position = first
  while position < last {
    let top = outputRow * stride - paddingTop
    let left = outputColumn * stride - paddingLeft
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
    if outputColumn == outputWidth {
      outputColumn = 0
      outputRow += 1
    }
    position += 1
  }
}
