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
    // Few rows at a time, so that they stay in the first-level cache while the channels' constants stay in registers.
    let few = max(1, 4096 / channels)
    var first = 0
    while first < rows {
      let count = min(few, rows - first)
      var channel = 0
      while channel < channels {
        let start = first * channels + channel
        if channel + 16 <= channels {
          runLanes(mask, start, channel, count)
          channel += 16
        } else {
          runSingle(mask, start, channel, count)
          channel += 1
        }
      }
      first += count
    }
  }

  @inline(__always)
  private func runLanes(_ mask: some Mask, _ start: Int, _ channel: Int, _ count: Int) {
    let (center, factor) = (load(mean + channel), load(scale + channel))
    let (constant, gradual) = (load(offset + channel), load(slope + channel))
    var at = start
    var row = 0
    while row < count {
      let difference = load(input + at) - center
      let value = mask.apply(load(gradient + at), at, channel, difference)
      var change = (value - constant - difference * gradual) * factor
      if let residual { store(residualAccumulating ? load(residual + at) + value : value, residual + at) }
      if accumulating { change += load(result + at) }
      store(change, result + at)
      at += channels
      row += 1
    }
  }

  @inline(__always)
  private func runSingle(_ mask: some Mask, _ start: Int, _ channel: Int, _ count: Int) {
    var at = start
    var row = 0
    while row < count {
      let difference = read(input + at) - mean[channel]
      let value = mask.apply(read(gradient + at), at, channel, difference)
      let change = (value - offset[channel] - difference * slope[channel]) * scale[channel]
      if let residual { write(residualAccumulating ? read(residual + at) + value : value, residual + at) }
      write(accumulating ? change + read(result + at) : change, result + at)
      at += channels
      row += 1
    }
  }
}
