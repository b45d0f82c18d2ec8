package import LoopTypes

extension Loops {
  /// Per channel of rows x channels matrices: the sum of dy and the sum of dy (x - mean), where dy counts only where the
  /// rectifier let y pass (see `Mask`). Sums are of floats within a span and of doubles across spans.
  @inline(never)
  package static func gradientSums(
    _ operands: RectifiedGradient<Stored>, _ extents: SpanExtents, sums: UnsafeMutablePointer<Double>,
    products: UnsafeMutablePointer<Double>
  ) {
    switch operands.mask {
    case .output(let output): sumGradients(operands, OutputMask(output: output), extents, sums, products)
    case .input(let scale, let beta):
      sumGradients(operands, InputMask(scale: scale, beta: beta), extents, sums, products)
    case .none: sumGradients(operands, NoMask(), extents, sums, products)
    }
  }
}

@inline(__always)
private func sumGradients<M: Mask>(
  _ operands: RectifiedGradient<Stored>, _ mask: M, _ extents: SpanExtents, _ sums: UnsafeMutablePointer<Double>,
  _ products: UnsafeMutablePointer<Double>
) {
  let (gradient, input, mean) = (operands.gradient, operands.input, operands.mean)
  let (rows, channels) = (extents.rows, extents.channels)
  var channel = 0
  while channel < channels {
    sums[channel] = 0
    products[channel] = 0
    channel += 1
  }
  var first = 0
  while first < rows {
    let count = min(extents.span, rows - first)
    let start = first * channels
    channel = 0
    while channel + 16 <= channels {
      let center = load(mean + channel)
      var sum0 = Vector.zero
      var sum1 = Vector.zero
      var product0 = Vector.zero
      var product1 = Vector.zero
      var at = start + channel
      var row = 0
      while row + 2 <= count {
        let difference0 = load(input + at) - center
        let difference1 = load(input + at + channels) - center
        let value0 = mask.apply(load(gradient + at), at, channel, difference0)
        let value1 = mask.apply(load(gradient + at + channels), at + channels, channel, difference1)
        sum0 += value0
        sum1 += value1
        product0.addProduct(value0, difference0)
        product1.addProduct(value1, difference1)
        at += 2 * channels
        row += 2
      }
      if row < count {
        let difference = load(input + at) - center
        let value = mask.apply(load(gradient + at), at, channel, difference)
        sum0 += value
        product0.addProduct(value, difference)
      }
      sum0 += sum1
      product0 += product1
      var lane = 0
      while lane < 16 {
        sums[channel + lane] += Double(sum0[lane])
        products[channel + lane] += Double(product0[lane])
        lane += 1
      }
      channel += 16
    }
    while channel < channels {
      var sum: Float = 0
      var product: Float = 0
      var row = 0
      while row < count {
        let at = start + row * channels + channel
        let difference = read(input + at) - mean[channel]
        let value = mask.apply(read(gradient + at), at, channel, difference)
        sum += value
        product += value * difference
        row += 1
      }
      sums[channel] += Double(sum)
      products[channel] += Double(product)
      channel += 1
    }
    first += count
  }
}
