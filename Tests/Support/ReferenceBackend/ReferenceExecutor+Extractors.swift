internal import Kernels
internal import Networks

extension ReferenceExecutor {
  func activate(_ one: Activation) {
    let bias = one.bias.map { memory.values($0) }
    let channels = one.maps.input.shape.channels
    make(one.maps) { input in
      input.enumerated().map { Reference.activate($1 + (bias?[$0 % channels] ?? 0), one.function) }
    }
  }

  func normalizeLayer(_ one: LayerNormalization) {
    let (scale, shift) = (memory.values(one.scale), memory.values(one.shift))
    make(one.maps) { input in
      rows(input, of: scale.count).flatMap {
        Reference.normalizeLayer($0, scale: scale, shift: shift, epsilon: Double(one.epsilon))
      }
    }
  }

  func scaleChannels(_ one: ChannelScaling) {
    let scale = memory.values(one.scale)
    make(one.maps) { $0.enumerated().map { $1 * scale[$0 % scale.count] } }
  }

  func concatenate(_ one: Concatenation) {
    let inputs = one.inputs.map { rows(memory.values($0), of: $0.shape.channels) }
    let positions = batch * one.output.shape.pixels
    memory.put((0..<positions).flatMap { position in inputs.flatMap { $0[position] } }, at: one.output)
  }

  func padWithZeros(_ input: [Double], _ one: ZeroPadding) -> [Double] {
    let (from, to) = (one.maps.input.shape, one.maps.output.shape)
    return (0..<batch * to.count).map { index in
      let (image, channel) = (index / to.count, index % to.channels)
      let row = index % to.count / to.channels / to.width - one.top
      let column = index / to.channels % to.width - one.left
      guard (0..<from.height).contains(row), (0..<from.width).contains(column) else { return 0 }
      return input[((image * from.height + row) * from.width + column) * from.channels + channel]
    }
  }

  func embedTokens(_ one: TokenEmbedding) {
    let (first, positions) = (memory.values(one.first), memory.values(one.positions))
    make(one.maps) { input in
      rows(input, of: one.maps.input.shape.count).flatMap { zip(first + $0, positions).map(+) }
    }
  }

  func takeFirstPosition(_ input: [Double], _ one: MapPair) -> [Double] {
    rows(input, of: one.input.shape.count).flatMap { $0.prefix(one.input.shape.channels) }
  }

  func attend(_ input: [Double], _ one: Attention) -> [Double] {
    rows(input, of: one.maps.input.shape.count).flatMap { image in
      Reference.attend(rows(image, of: one.maps.input.shape.channels), heads: one.heads).flatMap { $0 }
    }
  }

  private func rows(_ values: [Double], of count: Int) -> [[Double]] {
    stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
  }
}
