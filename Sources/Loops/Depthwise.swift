package import LoopTypes

extension Loops {
  /// A kernel x kernel cross-correlation of each channel of one NHWC image with its own weights, laid out [tap][channel];
  /// positions outside of the image count as zero.
  @inline(never)
  package static func depthwiseConvolve(
    _ image: UnsafePointer<Float>, by weights: UnsafePointer<Float>, _ extents: DepthwiseExtents,
    into output: UnsafeMutablePointer<Float>
  ) {
    let (height, width, channels) = (extents.input.height, extents.input.width, extents.input.channels)
    let (kernel, stride) = (extents.kernel, extents.stride)
    var target = output
    var outputRow = 0
    while outputRow < extents.output.height {
      let firstRow = outputRow * stride - extents.padding.top
      let rows = (max(0, firstRow), min(height, firstRow + kernel))
      var outputColumn = 0
      while outputColumn < extents.output.width {
        let firstColumn = outputColumn * stride - extents.padding.left
        let columns = (max(0, firstColumn), min(width, firstColumn + kernel))
        var channel = 0
        while channel + 16 <= channels {
          var sum = Vector.zero
          var row = rows.0
          while row < rows.1 {
            var column = columns.0
            while column < columns.1 {
              let tap = (row - firstRow) * kernel + column - firstColumn
              sum.addProduct(
                load(image + (row * width + column) * channels + channel), load(weights + tap * channels + channel))
              column += 1
            }
            row += 1
          }
          store(sum, target + channel)
          channel += 16
        }
        while channel < channels {
          var sum: Float = 0
          var row = rows.0
          while row < rows.1 {
            var column = columns.0
            while column < columns.1 {
              let tap = (row - firstRow) * kernel + column - firstColumn
              sum.addProduct(image[(row * width + column) * channels + channel], weights[tap * channels + channel])
              column += 1
            }
            row += 1
          }
          target[channel] = sum
          channel += 1
        }
        target += channels
        outputColumn += 1
      }
      outputRow += 1
    }
  }
}
