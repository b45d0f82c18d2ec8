/// The parameter-free shortcut, option A of He et al. 2016 (section 3.3): every `stride`-th position in both
/// directions, and new channels of zeros, half of them (rounded down) before the old ones.
package func shortenByPadding(_ input: Tensor, stride: Int, into output: Tensor, on execution: Execution) {
  let before = check(input, output, stride)
  let (from, to) = (input.shape, output.shape)
  func shorten<Number: AdditiveArithmetic>(
    _ source: UnsafeMutablePointer<Number>, _ target: UnsafeMutablePointer<Number>
  ) {
    target.update(repeating: .zero, count: to.count)
    for row in 0..<to.height {
      for column in 0..<to.width {
        (target + (row * to.width + column) * to.channels + before).update(
          from: source + (row * from.width + column) * stride * from.channels, count: from.channels)
      }
    }
  }
  execution.pool.run(chunks: input.images) { image, _ in
    let (at, place) = (image * from.count, image * to.count)
    switch input.format {
    case .fp32: shorten(input.base + at, output.base + place)
    case .bf16: shorten(input.bf16Base + at, output.bf16Base + place)
    }
  }
}

/// The gradient of `shortenByPadding` with respect to its input, written or added.
package func shortenByPaddingBackward(
  _ outputGradient: Tensor, stride: Int, into inputGradient: Tensor, accumulating: Bool = false,
  on execution: Execution
) {
  let before = check(inputGradient, outputGradient, stride)
  let (to, from) = (inputGradient.shape, outputGradient.shape)
  execution.pool.run(chunks: inputGradient.images) { image, _ in
    let (at, place) = (image * from.count + before, image * to.count)
    switch inputGradient.format {
    case .fp32: if !accumulating { (inputGradient.base + place).update(repeating: 0, count: to.count) }
    case .bf16: if !accumulating { (inputGradient.bf16Base + place).update(repeating: 0, count: to.count) }
    }
    for row in 0..<from.height {
      for column in 0..<from.width {
        let source = at + (row * from.width + column) * from.channels
        let target = place + (row * to.width + column) * stride * to.channels
        switch inputGradient.format {
        case .fp32:
          let sum = inputGradient.base + target
          execution.floats.add(sum, outputGradient.base + source, count: to.channels, into: sum)
        case .bf16:
          let sum = inputGradient.bf16Base + target
          execution.bf16.add(sum, outputGradient.bf16Base + source, count: to.channels, into: sum)
        }
      }
    }
  }
}

/// The shape of the parameter-free shortcut's result.
package func shortcutShape(_ input: Shape, stride: Int, channels: Int) -> Shape {
  Shape(
    height: (input.height + stride - 1) / stride, width: (input.width + stride - 1) / stride, channels: channels)
}

/// Checks the shapes and returns the number of channels of zeros before the old ones.
private func check(_ input: Tensor, _ output: Tensor, _ stride: Int) -> Int {
  precondition(stride > 0 && input.images == output.images, "a shortcut keeps the number of images")
  precondition(
    output.shape == shortcutShape(input.shape, stride: stride, channels: output.shape.channels)
      && output.shape.channels >= input.shape.channels, "the tensors do not have the shortcut's shapes")
  return (output.shape.channels - input.shape.channels) / 2
}
