package import LoopTypes

extension Loops {
  /// dx = scale (dz - offset - (x - mean) slope) per channel of rows x channels matrices, where dz is dy, or dy where the
  /// rectifier let y pass (see `Mask`); dz is also written (or added) to `residual` if that is there.
  /// dx may be the same memory as dy.
  @inline(never)
  package static func normalizeRowsBackward(
    _ operands: RectifiedGradient<Stored>, _ extents: MatrixExtents, by slope: NormalizationSlope,
    into result: SumTarget<Stored>, residual: SumTarget<Stored>?
  ) {
    let step = BackwardStep(operands: operands, extents: extents, by: slope, result: result, residual: residual)
    switch operands.mask {
    case .output(let output): step.run(OutputMask(output: output))
    case .input(let scale, let beta): step.run(InputMask(scale: scale, beta: beta))
    case .none: step.run(NoMask())
    }
  }
}

private struct BackwardStep {
  let operands: RectifiedGradient<Stored>
  let extents: MatrixExtents
  let by: NormalizationSlope
  let result: SumTarget<Stored>
  let residual: SumTarget<Stored>?

  @inline(__always)
  func run(_ mask: some Mask) {
    // Few rows at a time, so that they stay in the first-level cache while the channels' constants stay in registers.
    let (rows, channels) = (extents.rows, extents.columns)
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
    let (gradient, input, channels) = (operands.gradient, operands.input, extents.columns)
    let (center, factor) = (load(operands.mean + channel), load(by.scale + channel))
    let (constant, gradual) = (load(by.offset + channel), load(by.slope + channel))
    var at = start
    var row = 0
    while row < count {
      let difference = load(input + at) - center
      let value = mask.apply(load(gradient + at), at, channel, difference)
      var change = (value - constant - difference * gradual) * factor
      if let residual {
        store(residual.isAccumulating ? load(residual.place + at) + value : value, residual.place + at)
      }
      if result.isAccumulating { change += load(result.place + at) }
      store(change, result.place + at)
      at += channels
      row += 1
    }
  }

  @inline(__always)
  private func runSingle(_ mask: some Mask, _ start: Int, _ channel: Int, _ count: Int) {
    let (gradient, input) = (operands.gradient, operands.input)
    var at = start
    var row = 0
    while row < count {
      let difference = read(input + at) - operands.mean[channel]
      let value = mask.apply(read(gradient + at), at, channel, difference)
      let change = (value - by.offset[channel] - difference * by.slope[channel]) * by.scale[channel]
      if let residual {
        write(residual.isAccumulating ? read(residual.place + at) + value : value, residual.place + at)
      }
      write(result.isAccumulating ? change + read(result.place + at) : change, result.place + at)
      at += extents.columns
      row += 1
    }
  }
}
