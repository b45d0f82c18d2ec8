package import Datasets
package import Kernels
package import Metrics
package import Networks

/// Classifies test images with a trained network.
package enum Evaluator {
  /// Images of a batch: 64, and fewer of large ones, whose maps would not fit into memory. The last batch is as large as
  /// the others, so that BLAS takes the same path for all of them; what the places behind its last image hold does not
  /// count.
  static func batchSize(_ shape: Shape) -> Int { max(1, min(64, 64 * 256 * 256 / max(1, shape.pixels))) }

  /// The memory that testing takes, in bytes.
  static func footprint(_ plan: Plan, on processor: Processor) -> Int {
    Footprint(
      plan, batch: batchSize(plan.input.shape), mode: .inference, threads: processor.pool.threads,
      format: processor.format
    ).total
  }

  /// What the network says about every image, in their order.
  ///
  /// - Parameters:
  ///   - untrained: classes without a training image; they score 0 instead of what the untrained weights say.
  ///   - flips: the mean of the probabilities of each image and of its mirror image, instead of those of the image.
  ///   - progress: called with the number of images done after each batch; what it throws ends the test.
  /// - Throws: what decoding throws, where the images are streamed, and what `progress` throws.
  package static func predict(
    _ network: Network, _ samples: Samples, normalization: Normalization, untrained: Set<Int> = [],
    flips: Bool = false, on processor: Processor, progress: (Int) throws -> Void = { _ in }
  ) throws -> Predictions {
    let batchSize = batchSize(network.plan.input.shape)
    let executor = Executor(network, batch: batchSize, mode: .inference, on: processor)
    let classes = network.plan.output.shape.count
    var builder = PredictionsBuilder(classes: classes, untrained: untrained, capacity: samples.count)
    let assembler = BatchAssembler(samples: samples, normalization: normalization)
    let arena = Arena(count: 2 * batchSize * classes)
    let probabilities = arena.tensor(at: 0, images: batchSize, shape: network.plan.output.shape)
    let mirrored = arena.tensor(at: batchSize * classes, images: batchSize, shape: network.plan.output.shape)
    for start in stride(from: 0, to: samples.count, by: batchSize) {
      let range = start..<min(start + batchSize, samples.count)
      let labels = Array(samples.labels[range])
      try assembler.fill(executor.input, with: range, pool: processor.pool)
      executor.forward()
      softmax(executor.logits, into: probabilities, on: executor.memory.execution)
      if flips {
        try assembler.fill(executor.input, with: range, mirrored: true, pool: processor.pool)
        executor.forward()
        softmax(executor.logits, into: mirrored, on: executor.memory.execution)
        for index in 0..<labels.count * classes {
          probabilities.base[index] = (probabilities.base[index] + mirrored.base[index]) / 2
        }
      }
      builder.append(
        probabilities: UnsafeBufferPointer(start: probabilities.base, count: labels.count * classes), labels: labels)
      try progress(range.upperBound)
    }
    return builder.finish()
  }
}
