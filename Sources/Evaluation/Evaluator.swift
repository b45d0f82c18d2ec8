package import Datasets
package import Kernels
package import Metrics
package import Networks

/// Classifies test images with a trained network.
package enum Evaluator {
  /// Images of a batch. The last batch is as large as the others, so that BLAS takes the same path for all of them;
  /// what the places behind its last image hold does not count.
  static let batchSize = 64

  /// What the network says about every image, in their order.
  ///
  /// - Parameters:
  ///   - untrained: classes without a training image; they score 0 instead of what the untrained weights say.
  ///   - progress: called with the number of images done after each batch.
  package static func predict(
    _ network: Network, _ samples: Samples, normalization: Normalization, untrained: Set<Int> = [],
    on processor: Processor, progress: (Int) -> Void = { _ in }
  ) -> Predictions {
    let propagation = Propagation(network, batch: batchSize, purpose: .inference, on: processor)
    let classes = network.plan.output.shape.count
    var builder = PredictionsBuilder(classes: classes, untrained: untrained, capacity: samples.count)
    let assembler = BatchAssembler(samples: samples, normalization: normalization)
    let arena = Arena(count: batchSize * classes)
    let probabilities = arena.tensor(at: 0, images: batchSize, shape: network.plan.output.shape)
    for start in stride(from: 0, to: samples.count, by: batchSize) {
      let range = start..<min(start + batchSize, samples.count)
      let labels = Array(samples.labels[range])
      assembler.fill(propagation.input, with: range, pool: processor.pool)
      propagation.forward()
      softmax(propagation.logits, into: probabilities, on: propagation.memory.execution)
      builder.append(
        probabilities: UnsafeBufferPointer(start: probabilities.base, count: labels.count * classes), labels: labels)
      progress(range.upperBound)
    }
    return builder.finish()
  }
}
