/// Adds one span's moments to those of `seen` values before it (Chan, Golub, LeVeque 1979): the span has `count`
/// values, of which `offset` is the sum and `square` the sum of squares of the differences to `pivot`.
@inline(__always)
private func merge(
  _ pivot: Float, _ offset: Float, _ square: Float, _ count: Double, _ seen: Double,
  _ mean: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>
) {
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

/// Per channel of a rows x channels matrix: the mean and the sum of squared differences to it.
///
/// Each span of rows is read twice while it lies in the cache, first for a mean to measure differences from, so
/// that a mean far larger than the deviation costs no digits. Sums are of floats within a span and of doubles
/// across spans.
@inline(never)
package func moments(
  _ matrix: UnsafePointer<Stored>, _ rows: Int, _ channels: Int, _ span: Int,
  _ mean: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>
) {
  var first = 0
  while first < rows {
    let count = min(span, rows - first)
    let base = matrix + first * channels
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
        merge(
          pivot[lane], offset0[lane], square0[lane], Double(count), Double(first), mean + channel + lane,
          squares + channel + lane)
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
      merge(pivot, offset, square, Double(count), Double(first), mean + channel, squares + channel)
      channel += 1
    }
    first += count
  }
}
