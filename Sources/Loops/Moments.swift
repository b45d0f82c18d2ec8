package import LoopTypes

/// One span's moments: of `count` values, `offset` is the sum and `square` the sum of squares of the differences to
/// `pivot`.
private struct Span {
  var pivot: Float = 0
  var offset: Float = 0
  var square: Float = 0
  let count: Double
  let seen: Double

  init(count: Double, seen: Double) {
    self.count = count
    self.seen = seen
  }

  /// Adds them to those of `seen` values before (Chan, Golub, LeVeque 1979).
  @inline(__always)
  func merge(into mean: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>) {
    let shift = Double(offset) / count
    let spanMean = Double(pivot) + shift
    let spanSquares = Double(square) - Double(offset) * shift
    if seen == 0 {
      mean.pointee = spanMean
      squares.pointee = spanSquares
    } else {
      let delta = spanMean - mean.pointee
      let total = seen + count
      mean.pointee += delta * (count / total)
      squares.pointee += spanSquares + delta * delta * (seen * count / total)
    }
  }
}

extension Loops {
  /// Per channel of a rows x channels matrix: the mean and the sum of squared differences to it.
  ///
  /// Each span of rows is read twice while it lies in the cache, first for a mean to measure differences from, so
  /// that a mean far larger than the deviation costs no digits. Sums are of floats within a span and of doubles
  /// across spans.
  @inline(never)
  package static func moments(
    _ matrix: UnsafePointer<Stored>, _ extents: SpanExtents, means: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>
  ) {
    let (rows, channels) = (extents.rows, extents.channels)
    var first = 0
    while first < rows {
      let count = min(extents.span, rows - first)
      let base = matrix + first * channels
      var span = Span(count: Double(count), seen: Double(first))
      var channel = 0
      while channel + 16 <= channels {
        let column = base + channel
        var sum0 = Vector.zero
        var sum1 = Vector.zero
        var sum2 = Vector.zero
        var sum3 = Vector.zero
        var row = 0
        while row + 4 <= count {
          let at = column + row * channels
          sum0 += load(at)
          sum1 += load(at + channels)
          sum2 += load(at + 2 * channels)
          sum3 += load(at + 3 * channels)
          row += 4
        }
        while row < count {
          sum0 += load(column + row * channels)
          row += 1
        }
        let pivot = ((sum0 + sum1) + (sum2 + sum3)) * (1 / Float(count))
        var offset0 = Vector.zero
        var offset1 = Vector.zero
        var square0 = Vector.zero
        var square1 = Vector.zero
        row = 0
        while row + 2 <= count {
          let at = column + row * channels
          let difference0 = load(at) - pivot
          let difference1 = load(at + channels) - pivot
          offset0 += difference0
          offset1 += difference1
          square0.addProduct(difference0, difference0)
          square1.addProduct(difference1, difference1)
          row += 2
        }
        if row < count {
          let difference = load(column + row * channels) - pivot
          offset0 += difference
          square0.addProduct(difference, difference)
        }
        offset0 += offset1
        square0 += square1
        var lane = 0
        while lane < 16 {
          span.pivot = pivot[lane]
          span.offset = offset0[lane]
          span.square = square0[lane]
          span.merge(into: means + channel + lane, squares + channel + lane)
          lane += 1
        }
        channel += 16
      }
      while channel < channels {
        let column = base + channel
        var sum: Float = 0
        var row = 0
        while row < count {
          sum += read(column + row * channels)
          row += 1
        }
        let pivot = sum / Float(count)
        var offset: Float = 0
        var square: Float = 0
        row = 0
        while row < count {
          let difference = read(column + row * channels) - pivot
          offset += difference
          square += difference * difference
          row += 1
        }
        span.pivot = pivot
        span.offset = offset
        span.square = square
        span.merge(into: means + channel, squares + channel)
        channel += 1
      }
      first += count
    }
  }
}
