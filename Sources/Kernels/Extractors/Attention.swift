/// Scaled dot-product attention with several heads (Vaswani et al. 2017, section 3.2) over the positions of each image.
///
/// The channels of `input` are queries, keys and values, a third each, and a head's are neighbours within each third.
package func attend(_ input: Tensor, heads: Int, into output: Tensor, on execution: Execution) {
  let (positions, channels) = (input.shape.pixels, output.shape.channels)
  precondition(
    heads > 0 && channels % heads == 0 && input.shape.channels == 3 * channels && input.images == output.images
      && output.shape.pixels == positions, "attention needs queries, keys and values for all heads")
  let width = channels / heads
  let scale = 1 / Float(width).squareRoot()
  execution.pool.run(chunks: input.images * heads) { chunk, worker in
    let (image, head) = (chunk / heads, chunk % heads)
    let queries = input.base + image * input.shape.count + head * width
    let scores = execution.scratch.worker(worker, attentionScratch(input.shape).perWorker)
    func part(_ third: Int, transposed: Bool = false) -> Matrix {
      Matrix(base: queries + third * channels, stride: 3 * channels, transposed: transposed)
    }
    multiply(
      part(0), part(1, transposed: true), ProductExtents(m: positions, n: positions, k: width),
      MatrixTarget(scores, stride: positions, alpha: scale))
    for position in 0..<positions {
      let row = scores + position * positions
      let largest = UnsafeBufferPointer(start: row, count: positions).reduce(-.infinity) { max($0, $1) }
      let sum = execution.floats.exponentials(row, count: positions, maximum: largest, into: row)
      for other in 0..<positions { row[other] /= sum }
    }
    multiply(
      Matrix(base: scores, stride: positions), part(2), ProductExtents(m: positions, n: width, k: positions),
      MatrixTarget(output.base + image * output.shape.count + head * width, stride: channels))
  }
}

/// The scores of one head of one image.
package func attentionScratch(_ shape: Shape) -> ScratchSize { ScratchSize(perWorker: shape.pixels * shape.pixels) }
