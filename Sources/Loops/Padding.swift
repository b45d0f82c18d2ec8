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

/// The same of y = (x - mean) scale + beta, then max(y, 0) where `rectified`; the zeros around it stay zeros.
@inline(never)
package func padNormalized(
  _ image: UnsafePointer<Stored>, _ padded: UnsafeMutablePointer<Stored>, _ height: Int, _ width: Int, _ channels: Int,
  _ top: Int, _ left: Int, _ paddedHeight: Int, _ paddedWidth: Int, _ mean: UnsafePointer<Float>,
  _ scale: UnsafePointer<Float>, _ beta: UnsafePointer<Float>, _ rectified: Bool
) {
  let (span, pitch) = (width * channels, paddedWidth * channels)
  let before = left * channels
  clear(padded, top * pitch)
  var row = 0
  while row < height {
    let target = padded + (top + row) * pitch
    clear(target, before)
    normalizeRows(image + row * span, width, channels, mean, scale, beta, nil, rectified, target + before)
    clear(target + before + span, pitch - before - span)
    row += 1
  }
  clear(padded + (top + height) * pitch, (paddedHeight - top - height) * pitch)
}
