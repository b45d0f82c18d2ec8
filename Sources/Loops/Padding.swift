package import LoopTypes

extension Loops {
  /// Copies one NHWC image into a larger one, with zeros around it.
  @inline(never)
  package static func padImage(
    _ image: UnsafePointer<Stored>, _ extents: PaddedImage, into padded: UnsafeMutablePointer<Stored>
  ) {
    let (width, channels) = (extents.shape.width, extents.shape.channels)
    let (span, pitch) = (width * channels, extents.rowPitch)
    let before = extents.left * channels
    clear(padded, extents.top * pitch)
    var row = 0
    while row < extents.shape.height {
      let target = padded + (extents.top + row) * pitch
      clear(target, before)
      copy(image + row * span, target + before, span)
      clear(target + before + span, pitch - before - span)
      row += 1
    }
    let behind = extents.top + extents.shape.height
    clear(padded + behind * pitch, (extents.height - behind) * pitch)
  }
}

extension Loops {
  /// The same of y = (x - mean) scale + beta, then max(y, 0) where that is rectified; the zeros around it stay zeros.
  @inline(never)
  package static func padNormalized(
    _ image: UnsafePointer<Stored>, _ extents: PaddedImage, by scaling: ChannelScaling,
    into padded: UnsafeMutablePointer<Stored>
  ) {
    let (width, channels) = (extents.shape.width, extents.shape.channels)
    let (span, pitch) = (width * channels, extents.rowPitch)
    let before = extents.left * channels
    clear(padded, extents.top * pitch)
    var row = 0
    while row < extents.shape.height {
      let target = padded + (extents.top + row) * pitch
      clear(target, before)
      normalizeRows(
        image + row * span, MatrixExtents(rows: width, columns: channels), by: scaling, residual: nil,
        into: target + before)
      clear(target + before + span, pitch - before - span)
      row += 1
    }
    let behind = extents.top + extents.shape.height
    clear(padded + behind * pitch, (extents.height - behind) * pitch)
  }
}
