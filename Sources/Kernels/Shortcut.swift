/// The parameter-free shortcut, option A of He et al. 2016 (section 3.3): every `stride`-th position in both
/// directions, and new channels of zeros, half of them (rounded down) before the old ones.
package func shortenByPadding(_ input: Tensor, stride: Int, into output: Tensor, on execution: Execution) {
  let before = check(input, output, stride)
  let (from, to) = (input.shape, output.shape)
  execution.pool.run(chunks: input.images) { image, _ in
    let target = output.base + image * to.count
    target.update(repeating: 0, count: to.count)
    for row in 0..<to.height {
      for column in 0..<to.width {
        let source = input.base + image * from.count + (row * from.width + column) * stride * from.channels
        (target + (row * to.width + column) * to.channels + before).update(from: source, count: from.channels)
      }
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
    let target = inputGradient.base + image * to.count
    if !accumulating { target.update(repeating: 0, count: to.count) }
    for row in 0..<from.height {
      for column in 0..<from.width {
        let source =
          outputGradient.base + image * from.count + (row * from.width + column) * from.channels + before
        let place = target + (row * to.width + column) * stride * to.channels
        execution.table.add(place, source, to.channels, false, place)
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
