/// y = (x - mean) scale + beta (+ residual) per channel of a rows x channels matrix, then max(y, 0) where
/// `rectified`. The mean is subtracted first, not folded into beta, so that a large mean costs no digits.
/// y may be the same memory as x or the residual.
@inline(never)
package func normalizeRows(
  _ input: UnsafePointer<Stored>, _ rows: Int, _ channels: Int, _ mean: UnsafePointer<Float>,
  _ scale: UnsafePointer<Float>, _ beta: UnsafePointer<Float>, _ residual: UnsafePointer<Stored>?,
  _ rectified: Bool, _ output: UnsafeMutablePointer<Stored>
) {
  var at = 0
  var row = 0
  while row < rows {
    var channel = 0
    while channel + 16 <= channels {
      var value = load(beta + channel).addingProduct(load(input + at) - load(mean + channel), load(scale + channel))
      if let residual { value += load(residual + at) }
      if rectified { value.replace(with: 0, where: value .< .zero) }
      store(value, output + at)
      at += 16
      channel += 16
    }
    while channel < channels {
      var value = beta[channel].addingProduct(read(input + at) - mean[channel], scale[channel])
      if let residual { value += read(residual + at) }
      write(rectified && value < 0 ? 0 : value, output + at)
      at += 1
      channel += 1
    }
    row += 1
  }
}

/// dx = scale (dz - offset - (x - mean) slope) per channel of rows x channels matrices, where dz is dy, or dy
/// where y > 0 if `output` is there; dz is also written (or added) to `residual` if that is there.
/// dx may be the same memory as dy.
@inline(never)
package func normalizeRowsBackward(
  _ gradient: UnsafePointer<Stored>, _ output: UnsafePointer<Stored>?, _ input: UnsafePointer<Stored>,
  _ rows: Int, _ channels: Int, _ mean: UnsafePointer<Float>, _ scale: UnsafePointer<Float>,
  _ offset: UnsafePointer<Float>, _ slope: UnsafePointer<Float>, _ accumulating: Bool,
  _ result: UnsafeMutablePointer<Stored>, _ residual: UnsafeMutablePointer<Stored>?, _ residualAccumulating: Bool
) {
  var at = 0
  var row = 0
  while row < rows {
    var channel = 0
    while channel + 16 <= channels {
      var value = load(gradient + at)
      if let output { value = Vector.zero.replacing(with: value, where: load(output + at) .> .zero) }
      let difference = load(input + at) - load(mean + channel)
      var change = (value - load(offset + channel) - difference * load(slope + channel)) * load(scale + channel)
      if let residual {
        store(residualAccumulating ? load(residual + at) + value : value, residual + at)
      }
      if accumulating { change += load(result + at) }
      store(change, result + at)
      at += 16
      channel += 16
    }
    while channel < channels {
      var value = read(gradient + at)
      if let output { value = read(output + at) > 0 ? value : 0 }
      let difference = read(input + at) - mean[channel]
      let change = (value - offset[channel] - difference * slope[channel]) * scale[channel]
      if let residual { write(residualAccumulating ? read(residual + at) + value : value, residual + at) }
      write(accumulating ? change + read(result + at) : change, result + at)
      at += 1
      channel += 1
    }
    row += 1
  }
}
