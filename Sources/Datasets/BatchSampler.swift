import Randomness

/// Which images each training step sees. Every epoch is a new random order of all images, cut into batches of one size.
/// Images that do not fill the last batch are skipped in that epoch.
///
/// With a supplement, every batch also has a fixed number of the supplement's images. An epoch is then an epoch of the
/// other images, and the supplement repeats in an order of its own.
package struct BatchSampler: Sendable {
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

  /// How many images of each class an epoch shows, if that is not each image once.
  package struct Weighting: Sendable, Equatable {
    /// The images of each class.
    package let images: [[Int]]
    /// How many of them an epoch shows; each image of a class is shown equally often.
    package let perEpoch: [Int]

    /// An epoch of as many images as there are, with these class shares; a class without an image has none.
    package init(labels: [Int32], shares: [Double]) {
      var images = [[Int]](repeating: [], count: shares.count)
      for (index, label) in labels.enumerated() { images[Int(label)].append(index) }
      let weights = zip(images, shares).map { $0.isEmpty ? 0 : max(0, $1) }
      let total = weights.reduce(0, +)
      guard total > 0 else {
        self.images = images
        perEpoch = images.map(\.count)
        return
      }
      // The largest remainders make the whole numbers sum to the number of images (Hamilton's method).
      let exact = weights.map { $0 / total * Double(labels.count) }
      var counts = exact.map { Int($0.rounded(.down)) }
      let order = exact.indices.filter { weights[$0] > 0 }
        .sorted { (exact[$1] - exact[$1].rounded(.down), $0) < (exact[$0] - exact[$0].rounded(.down), $1) }
      for label in order.prefix(max(0, labels.count - counts.reduce(0, +))) { counts[label] += 1 }
      self.images = images
      perEpoch = counts
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

  /// The images of an epoch, without the supplement.
  package let count: Int
  /// The wanted batch size, or the number of images if there are fewer.
  package let batchSize: Int
  package let supplement: Supplement?
  package let weighting: Weighting?
  private let stream: RandomStream
  private let supplementStream: RandomStream
  private let weightingStream: RandomStream
  private var cached: (epoch: Int, order: [Int])?
  private var cachedSupplement: (epoch: Int, order: [Int])?

  /// The order of `count` images, a supplement's among them, under a run's seed; at least one image.
  package init(count: Int, batchSize: Int, seed: UInt64, supplement: Supplement? = nil, weighting: Weighting? = nil) {
    precondition(supplement == nil || weighting == nil, "a supplement has its own weight")
    let extra = supplement?.perBatch ?? 0
    self.count = count - (supplement?.count ?? 0)
    precondition(self.count > 0 && batchSize > extra, "an epoch needs images and a batch size")
    self.batchSize = min(batchSize, self.count + extra)
    self.supplement = supplement
    self.weighting = weighting
    stream = RandomStream(seed: seed, purpose: "shuffle")
    supplementStream = RandomStream(seed: seed, purpose: "shuffle of the supplement")
    weightingStream = RandomStream(seed: seed, purpose: "rounds of the classes")
  }
}

extension BatchSampler {
  package var stepsPerEpoch: Int { count / ownPerBatch }

  private var ownPerBatch: Int { batchSize - (supplement?.perBatch ?? 0) }

  /// The order of all images in epoch `epoch`, counted from 0.
  package func order(ofEpoch epoch: Int) -> [Int] {
    var stream = stream.split(epoch)
    guard let weighting else { return stream.permutation(of: count) }
    let shown = weighting.perEpoch.indices.flatMap { label in weighted(label, weighting, epoch: epoch) }
    return stream.permutation(of: shown.count).map { shown[$0] }
  }

  /// The images of one class in an epoch: a piece of its rounds, each of which is an order of its own.
  private func weighted(_ label: Int, _ weighting: Weighting, epoch: Int) -> [Int] {
    let images = weighting.images[label]
    let wanted = weighting.perEpoch[label]
    var round = (number: -1, order: [Int]())
    return (epoch * wanted..<(epoch + 1) * wanted).map { place in
      let (number, index) = place.quotientAndRemainder(dividingBy: images.count)
      if round.number != number {
        var stream = weightingStream.split(label).split(number)
        round = (number, stream.permutation(of: images.count))
      }
      return images[round.order[index]]
    }
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
