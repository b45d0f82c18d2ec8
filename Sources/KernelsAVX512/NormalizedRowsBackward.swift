/// dx = scale (dz - offset - (x - mean) slope) per channel of rows x channels matrices, where dz is dy, or dy where the
/// rectifier let y pass (see `Mask`); dz is also written (or added) to `residual` if that is there.
/// dx may be the same memory as dy.
@inline(never)
package func normalizeRowsBackward(
  _ gradient: UnsafePointer<Stored>, _ output: UnsafePointer<Stored>?, _ beta: UnsafePointer<Float>?,
  _ input: UnsafePointer<Stored>, _ rows: Int, _ channels: Int, _ mean: UnsafePointer<Float>,
  _ scale: UnsafePointer<Float>, _ offset: UnsafePointer<Float>, _ slope: UnsafePointer<Float>, _ accumulating: Bool,
  _ result: UnsafeMutablePointer<Stored>, _ residual: UnsafeMutablePointer<Stored>?, _ residualAccumulating: Bool
) {
  let step = BackwardStep(
    gradient: gradient, input: input, rows: rows, channels: channels, mean: mean, scale: scale, offset: offset,
    slope: slope, accumulating: accumulating, result: result, residual: residual,
    residualAccumulating: residualAccumulating)
  if let output {
    step.run(OutputMask(output: output))
  } else if let beta {
    step.run(InputMask(scale: scale, beta: beta))
  } else {
    step.run(NoMask())
  }
}

private struct BackwardStep {
  let gradient: UnsafePointer<Stored>
  let input: UnsafePointer<Stored>
  let rows: Int
  let channels: Int
  let mean: UnsafePointer<Float>
  let scale: UnsafePointer<Float>
  let offset: UnsafePointer<Float>
  let slope: UnsafePointer<Float>
  let accumulating: Bool
  let result: UnsafeMutablePointer<Stored>
  let residual: UnsafeMutablePointer<Stored>?
  let residualAccumulating: Bool

  @inline(__always)
  func run(_ mask: some Mask) {
    var at = 0
    var row = 0
    while row < rows {
      var channel = 0
      while channel + 16 <= channels {
        let difference = load(input + at) - load(mean + channel)
        let value = mask.apply(load(gradient + at), at, channel, difference)
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
        let difference = read(input + at) - mean[channel]
        let value = mask.apply(read(gradient + at), at, channel, difference)
        let change = (value - offset[channel] - difference * slope[channel]) * scale[channel]
        if let residual { write(residualAccumulating ? read(residual + at) + value : value, residual + at) }
        write(accumulating ? change + read(result + at) : change, result + at)
        at += 1
        channel += 1
      }
      row += 1
    }
  }
}
