// Copies that put feature maps together in another way.

/// The channels of several feature maps of one size, one after the other.
package func concatenate(_ inputs: [Tensor], into output: Tensor, on execution: Execution) {
  precondition(
    inputs.allSatisfy { $0.images == output.images && $0.shape.pixels == output.shape.pixels }
      && inputs.reduce(0) { $0 + $1.shape.channels } == output.shape.channels,
    "the channels of the inputs do not make those of the output")
  let channels = output.shape.channels
  execution.forEachRange(of: output.rows, step: max(1, elementwiseStep / channels)) { rows, _ in
    var place = output.base
    for input in inputs {
      let width = input.shape.channels
      for row in rows { (place + row * channels).update(from: input.base + row * width, count: width) }
      place += width
    }
  }
}

/// The image with rows and columns of zeros around it: `top` and `left` before it, as many behind it as the output has.
package func padWithZeros(_ input: Tensor, top: Int, left: Int, into output: Tensor, on execution: Execution) {
  let (from, to) = (input.shape, output.shape)
  precondition(
    input.images == output.images && from.channels == to.channels && top >= 0 && left >= 0
      && top + from.height <= to.height && left + from.width <= to.width, "the image does not fit into its frame")
  execution.pool.run(chunks: input.images) { image, _ in
    let (source, target) = (input.base + image * from.count, output.base + image * to.count)
    target.update(repeating: 0, count: to.count)
    for row in 0..<from.height {
      (target + ((top + row) * to.width + left) * to.channels).update(
        from: source + row * from.width * from.channels, count: from.width * from.channels)
    }
  }
}

/// A transformer's tokens: one of its own before the positions of the image, and to each the embedding of its place.
package func embedTokens(
  _ input: Tensor, first: UnsafePointer<Float>, positions: UnsafePointer<Float>, into output: Tensor,
  on execution: Execution
) {
  let channels = input.shape.channels
  precondition(
    input.images == output.images && output.shape.channels == channels
      && output.shape.pixels == input.shape.pixels + 1, "there is one token more than positions")
  execution.pool.run(chunks: input.images) { image, _ in
    let target = output.base + image * output.shape.count
    target.update(from: first, count: channels)
    (target + channels).update(from: input.base + image * input.shape.count, count: input.shape.count)
    execution.floats.add(target, positions, count: output.shape.count, into: target)
  }
}

/// The first position of each image.
package func takeFirstPosition(_ input: Tensor, into output: Tensor) {
  precondition(
    input.images == output.images && output.shape.count == input.shape.channels, "a position has all channels")
  for image in 0..<input.images {
    (output.base + image * output.shape.count).update(
      from: input.base + image * input.shape.count, count: output.shape.count)
  }
}
