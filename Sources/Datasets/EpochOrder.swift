import Randomness

/// Which images each training step sees: every epoch is a new random order of all images, cut into batches of one
/// size; the images that do not fill a last batch wait for another epoch.
package struct EpochOrder: Sendable {
  /// The images of one step.
  package struct Batch: Sendable, Equatable {
    package let epoch: Int
    /// The place of the first image in the epoch's order.
    package let position: Int
    /// Indices into the samples.
    package let indices: [Int]

    package init(epoch: Int, position: Int, indices: [Int]) {
      self.epoch = epoch
      self.position = position
      self.indices = indices
    }
  }

  package let count: Int
  /// The wanted batch size, or the number of images where there are fewer.
  package let batchSize: Int
  private let stream: RandomStream
  private var cached: (epoch: Int, order: [Int])?

  /// The order of `count` images under a run's seed; at least one image.
  package init(count: Int, batchSize: Int, seed: UInt64) {
    precondition(count > 0 && batchSize > 0, "an epoch needs images and a batch size")
    self.count = count
    self.batchSize = min(batchSize, count)
    stream = RandomStream(seed: seed, purpose: "shuffle")
  }
}

extension EpochOrder {
  package var stepsPerEpoch: Int { count / batchSize }

  /// The order of all images in epoch `epoch`, counted from 0.
  package func order(ofEpoch epoch: Int) -> [Int] {
    var stream = stream.split(epoch)
    return stream.permutation(of: count)
  }

  /// The images of step `step`, counted from 0 over all epochs. It depends on the step alone; the epoch's order is
  /// kept for the next call.
  package mutating func batch(atStep step: Int) -> Batch {
    let epoch = step / stepsPerEpoch
    let position = step % stepsPerEpoch * batchSize
    let order = cached.flatMap { $0.epoch == epoch ? $0.order : nil } ?? order(ofEpoch: epoch)
    cached = (epoch, order)
    return Batch(epoch: epoch, position: position, indices: Array(order[position..<(position + batchSize)]))
  }
}
