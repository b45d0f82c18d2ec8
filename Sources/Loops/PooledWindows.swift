package import LoopTypes

extension Loops {
  /// The largest value under a kernel x kernel window at every output position of one NHWC image, per channel;
  /// positions outside of the image do not count. A NaN in the window is the result.
  @inline(never)
  package static func maximumWindows(
    _ image: UnsafePointer<Stored>, _ extents: PoolingExtents, into output: UnsafeMutablePointer<Stored>
  ) {
    let (height, width, channels) = (extents.input.height, extents.input.width, extents.input.channels)
    let (kernel, stride, padding) = (extents.kernel, extents.stride, extents.padding)
    var target = output
    var outputRow = 0
    while outputRow < extents.output.height {
      let top = outputRow * stride - padding
      let rowBegin = max(0, top)
      let rowEnd = min(height, top + kernel)
      var outputColumn = 0
      while outputColumn < extents.output.width {
        let left = outputColumn * stride - padding
        let columnBegin = max(0, left)
        let columnEnd = min(width, left + kernel)
        var channel = 0
        while channel + 16 <= channels {
          var best = Vector(repeating: -.infinity)
          var row = rowBegin
          while row < rowEnd {
            var column = columnBegin
            while column < columnEnd {
              let value = load(image + (row * width + column) * channels + channel)
              best.replace(with: value, where: (value .> best) .| (value .!= value))
              column += 1
            }
            row += 1
          }
          store(best, target + channel)
          channel += 16
        }
        while channel < channels {
          var best = -Float.infinity
          var row = rowBegin
          while row < rowEnd {
            var column = columnBegin
            while column < columnEnd {
              let value = read(image + (row * width + column) * channels + channel)
              if value > best || value != value { best = value }
              column += 1
            }
            row += 1
          }
          write(best, target + channel)
          channel += 1
        }
        target += channels
        outputColumn += 1
      }
      outputRow += 1
    }
  }
}

extension Loops {
  /// Adds each output position's gradient to the first of the largest values under its window.
  @inline(never)
  package static func maximumWindowsBackward(
    _ gradient: UnsafePointer<Stored>, image: UnsafePointer<Stored>, _ extents: PoolingExtents,
    accumulating result: UnsafeMutablePointer<Stored>
  ) {
    let (height, width, channels) = (extents.input.height, extents.input.width, extents.input.channels)
    let (kernel, stride, padding) = (extents.kernel, extents.stride, extents.padding)
    var source = gradient
    var outputRow = 0
    while outputRow < extents.output.height {
      let top = outputRow * stride - padding
      let rowBegin = max(0, top)
      let rowEnd = min(height, top + kernel)
      var outputColumn = 0
      while outputColumn < extents.output.width {
        let left = outputColumn * stride - padding
        let columnBegin = max(0, left)
        let columnEnd = min(width, left + kernel)
        var channel = 0
        while channel + 16 <= channels {
          var best = Vector(repeating: -.infinity)
          // The number of the window's position, as a float: masks of the same kind stay in registers.
          var place = Vector.zero
          var number: Float = 0
          var row = rowBegin
          while row < rowEnd {
            var column = columnBegin
            while column < columnEnd {
              let value = load(image + (row * width + column) * channels + channel)
              let larger = (value .> best) .| (value .!= value)
              best.replace(with: value, where: larger)
              place.replace(with: Vector(repeating: number), where: larger)
              number += 1
              column += 1
            }
            row += 1
          }
          let change = load(source + channel)
          number = 0
          row = rowBegin
          while row < rowEnd {
            var column = columnBegin
            while column < columnEnd {
              let target = result + (row * width + column) * channels + channel
              let chosen = place .== Vector(repeating: number)
              store(load(target) + Vector.zero.replacing(with: change, where: chosen), target)
              number += 1
              column += 1
            }
            row += 1
          }
          channel += 16
        }
        while channel < channels {
          var best = -Float.infinity
          var place = rowBegin * width + columnBegin
          var row = rowBegin
          while row < rowEnd {
            var column = columnBegin
            while column < columnEnd {
              let here = row * width + column
              let value = read(image + here * channels + channel)
              if value > best || value != value {
                best = value
                place = here
              }
              column += 1
            }
            row += 1
          }
          let target = result + place * channels + channel
          write(read(target) + read(source + channel), target)
          channel += 1
        }
        source += channels
        outputColumn += 1
      }
      outputRow += 1
    }
  }
}

extension Loops {
  /// `factor` times the sum under a kernel x kernel window at every output position of one NHWC image, per channel;
  /// positions outside of the image count as zero.
  @inline(never)
  package static func averageWindows(
    _ image: UnsafePointer<Stored>, _ extents: PoolingExtents, factor: Float, into output: UnsafeMutablePointer<Float>
  ) {
    let (height, width, channels) = (extents.input.height, extents.input.width, extents.input.channels)
    let (kernel, stride, padding) = (extents.kernel, extents.stride, extents.padding)
    var target = output
    var outputRow = 0
    while outputRow < extents.output.height {
      let top = outputRow * stride - padding
      var outputColumn = 0
      while outputColumn < extents.output.width {
        let left = outputColumn * stride - padding
        var channel = 0
        while channel + 16 <= channels {
          var sum = Vector.zero
          var row = max(0, top)
          while row < min(height, top + kernel) {
            var column = max(0, left)
            while column < min(width, left + kernel) {
              sum += load(image + (row * width + column) * channels + channel)
              column += 1
            }
            row += 1
          }
          store(sum * factor, target + channel)
          channel += 16
        }
        while channel < channels {
          var sum: Float = 0
          var row = max(0, top)
          while row < min(height, top + kernel) {
            var column = max(0, left)
            while column < min(width, left + kernel) {
              sum += read(image + (row * width + column) * channels + channel)
              column += 1
            }
            row += 1
          }
          target[channel] = sum * factor
          channel += 1
        }
        target += channels
        outputColumn += 1
      }
      outputRow += 1
    }
  }
}

extension Loops {
  /// Adds `factor` times each output position's gradient to every position under its window.
  @inline(never)
  package static func averageWindowsBackward(
    _ gradient: UnsafePointer<Float>, _ extents: PoolingExtents, factor: Float,
    accumulating result: UnsafeMutablePointer<Stored>
  ) {
    let (height, width, channels) = (extents.input.height, extents.input.width, extents.input.channels)
    let (kernel, stride, padding) = (extents.kernel, extents.stride, extents.padding)
    var source = gradient
    var outputRow = 0
    while outputRow < extents.output.height {
      let top = outputRow * stride - padding
      var outputColumn = 0
      while outputColumn < extents.output.width {
        let left = outputColumn * stride - padding
        var row = max(0, top)
        while row < min(height, top + kernel) {
          var column = max(0, left)
          while column < min(width, left + kernel) {
            let target = result + (row * width + column) * channels
            var channel = 0
            while channel + 16 <= channels {
              store(
                load(target + channel).addingProduct(load(source + channel), Vector(repeating: factor)),
                target + channel)
              channel += 16
            }
            while channel < channels {
              write(read(target + channel).addingProduct(source[channel], factor), target + channel)
              channel += 1
            }
            column += 1
          }
          row += 1
        }
        source += channels
        outputColumn += 1
      }
      outputRow += 1
    }
  }
}
