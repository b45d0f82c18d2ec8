package import LoopTypes

extension Loops {
  /// y = (x - mean) scale + beta (+ residual) per channel of a rows x channels matrix, then max(y, 0) where
  /// that is rectified. The mean is subtracted first, not folded into beta, so that a large mean costs no digits.
  /// y may be the same memory as x or the residual.
  @inline(never)
  package static func normalizeRows(
    _ input: UnsafePointer<Stored>, _ extents: MatrixExtents, by scaling: ChannelScaling,
    residual: UnsafePointer<Stored>?, into output: UnsafeMutablePointer<Stored>
  ) {
    let (rows, channels, rectified) = (extents.rows, extents.columns, scaling.isRectified)
    let (mean, scale, beta) = (scaling.mean, scaling.scale, scaling.beta)
    // Few rows at a time, so that they stay in the first-level cache while the channels' constants stay in registers.
    let few = max(1, 4096 / channels)
    var first = 0
    while first < rows {
      let count = min(few, rows - first)
      let start = first * channels
      var channel = 0
      while channel + 16 <= channels {
        let (center, factor, shift) = (load(mean + channel), load(scale + channel), load(beta + channel))
        var at = start + channel
        var row = 0
        while row < count {
          var value = shift.addingProduct(load(input + at) - center, factor)
          if let residual { value += load(residual + at) }
          if rectified { value.replace(with: 0, where: value .< .zero) }
          store(value, output + at)
          at += channels
          row += 1
        }
        channel += 16
      }
      while channel < channels {
        var at = start + channel
        var row = 0
        while row < count {
          var value = beta[channel].addingProduct(read(input + at) - mean[channel], scale[channel])
          if let residual { value += read(residual + at) }
          write(rectified && value < 0 ? 0 : value, output + at)
          at += channels
          row += 1
        }
        channel += 1
      }
      first += count
    }
  }
}
