package import Datasets
internal import Kernels
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
    flips: Bool = false, on backend: any Backend, progress: (Int) throws -> Void = { _ in }
  ) throws -> Predictions {
    let batchSize = batchSize(network.plan.input.shape)
    let executor = backend.executor(network, batch: batchSize, mode: .inference)
    let classes = network.plan.output.shape.count
    var builder = PredictionsBuilder(classes: classes, untrained: untrained, capacity: samples.count)
    let assembler = BatchAssembler(samples: samples, normalization: normalization)
    func classify(_ range: Range<Int>, mirrored: Bool, into target: inout [Float]) throws {
      try executor.fill { try assembler.fill($0, with: range, mirrored: mirrored, pool: backend.pool) }
      executor.forward()
      target.withUnsafeMutableBufferPointer { executor.softmax(into: $0) }
    }
    var probabilities = [Float](repeating: 0, count: batchSize * classes)
    var mirrored = flips ? probabilities : []
    for start in stride(from: 0, to: samples.count, by: batchSize) {
      let range = start..<min(start + batchSize, samples.count)
      let labels = Array(samples.labels[range])
      try classify(range, mirrored: false, into: &probabilities)
      if flips {
        try classify(range, mirrored: true, into: &mirrored)
        for index in 0..<labels.count * classes { probabilities[index] = (probabilities[index] + mirrored[index]) / 2 }
      }
      probabilities.withUnsafeBufferPointer {
        builder.append(probabilities: UnsafeBufferPointer(rebasing: $0[..<(labels.count * classes)]), labels: labels)
      }
      try progress(range.upperBound)
    }
    return builder.finish()
  }
}
