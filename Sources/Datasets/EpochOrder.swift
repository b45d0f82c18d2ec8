import Randomness

/// Which images each training step sees: every epoch is a new random order of all images, cut into batches of one
/// size; the images that do not fill a last batch wait for another epoch.
///
/// With a supplement every batch has a fixed number of its images beside the others. An epoch is then one of the
/// others, and the supplement goes round in an order of its own.
package struct EpochOrder: Sendable {
  /// A second group of images, the last ones of the samples, and how many of them are in every batch.
  package struct Supplement: Codable, Sendable, Equatable {
    package let count: Int
    package let perBatch: Int

    package init(count: Int, perBatch: Int) {
      precondition(count > 0 && perBatch > 0, "a supplement has images and a place in every batch")
      self.count = count
      self.perBatch = perBatch
    }
  }

  /// The images of one step.
  package struct Batch: Sendable, Equatable {
    package let epoch: Int
    /// The images of the epoch's batches before this one.
    package let position: Int
    /// Indices into the samples.
    package let indices: [Int]

    package init(epoch: Int, position: Int, indices: [Int]) {
      self.epoch = epoch
      self.position = position
      self.indices = indices
    }
  }

  /// The images of an epoch, those of the supplement left out.
  package let count: Int
  /// The wanted batch size, or the number of images where there are fewer.
  package let batchSize: Int
  package let supplement: Supplement?
  private let stream: RandomStream
  private let supplementStream: RandomStream
  private var cached: (epoch: Int, order: [Int])?
  private var cachedSupplement: (epoch: Int, order: [Int])?

  /// The order of `count` images, a supplement's among them, under a run's seed; at least one image.
  package init(count: Int, batchSize: Int, seed: UInt64, supplement: Supplement? = nil) {
    let extra = supplement?.perBatch ?? 0
    self.count = count - (supplement?.count ?? 0)
    precondition(self.count > 0 && batchSize > extra, "an epoch needs images and a batch size")
    self.batchSize = min(batchSize, self.count + extra)
    self.supplement = supplement
    stream = RandomStream(seed: seed, purpose: "shuffle")
    supplementStream = RandomStream(seed: seed, purpose: "shuffle of the supplement")
  }
}

extension EpochOrder {
  package var stepsPerEpoch: Int { count / ownPerBatch }

  private var ownPerBatch: Int { batchSize - (supplement?.perBatch ?? 0) }

  /// The order of all images in epoch `epoch`, counted from 0.
  package func order(ofEpoch epoch: Int) -> [Int] {
    var stream = stream.split(epoch)
    return stream.permutation(of: count)
  }

  /// The images of step `step`, counted from 0 over all epochs. It depends on the step alone; the epoch's order is
  /// kept for the next call.
  package mutating func batch(atStep step: Int) -> Batch {
    let epoch = step / stepsPerEpoch
    let place = step % stepsPerEpoch
    let order = cached.flatMap { $0.epoch == epoch ? $0.order : nil } ?? order(ofEpoch: epoch)
    cached = (epoch, order)
    let own = order[(place * ownPerBatch)..<((place + 1) * ownPerBatch)]
    return Batch(epoch: epoch, position: place * batchSize, indices: own + supplementary(atStep: step))
  }

  /// The supplement's images of a step, which may lie on both sides of the end of one of its rounds.
  private mutating func supplementary(atStep step: Int) -> [Int] {
    guard let supplement else { return [] }
    return (step * supplement.perBatch..<(step + 1) * supplement.perBatch).map { place in
      let (round, index) = place.quotientAndRemainder(dividingBy: supplement.count)
      if cachedSupplement?.epoch != round {
        var stream = supplementStream.split(round)
        cachedSupplement = (round, stream.permutation(of: supplement.count))
      }
      return count + (cachedSupplement?.order[index] ?? 0)
    }
  }
}
