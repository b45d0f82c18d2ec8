/// The adjoint of `gatherPatches`: adds rows `first..<last` of a patch matrix to the image's positions that they
/// were gathered from.
@inline(never)
package func scatterPatches(
  _ patches: UnsafePointer<Float>, _ height: Int, _ width: Int, _ channels: Int, _ kernelHeight: Int,
  _ kernelWidth: Int, _ stride: Int, _ paddingTop: Int, _ paddingLeft: Int, _ outputWidth: Int, _ first: Int,
  _ last: Int,
  _ image: UnsafeMutablePointer<Float>
) {
  let span = kernelWidth * channels
  var source = patches
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
      if row >= 0 && row < height && begin < end {
        addTo(
          source + begin * channels, image + (row * width + left + begin) * channels,
          (end - begin) * channels)
      }
      source += span
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
