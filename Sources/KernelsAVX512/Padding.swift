/// Copies one NHWC image into a larger one, with zeros around it.
@inline(never)
package func padImage(
  _ image: UnsafePointer<Stored>, _ padded: UnsafeMutablePointer<Stored>, _ height: Int, _ width: Int, _ channels: Int,
  _ top: Int, _ left: Int, _ paddedHeight: Int, _ paddedWidth: Int
) {
  let (span, pitch) = (width * channels, paddedWidth * channels)
  let before = left * channels
  clear(padded, top * pitch)
  var row = 0
  while row < height {
    let target = padded + (top + row) * pitch
    clear(target, before)
    copy(image + row * span, target + before, span)
    clear(target + before + span, pitch - before - span)
    row += 1
  }
  clear(padded + (top + height) * pitch, (paddedHeight - top - height) * pitch)
}
