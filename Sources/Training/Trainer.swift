internal import Datasets
import Foundation
internal import Kernels
package import Networks
private import Randomness

/// Trains one network: the loop that the whole tool stands on.
///
/// What you give up by using it: it holds all memory of its network at the batch size until it goes away.
package final class Trainer {
  package let job: TrainingJob
  package let network: Network
  package let optimizer: Optimizer
  /// The moving average of the weights and statistics, or look-ahead's slow ones, where the recipe asks for them.
  package let average: Network?
  package private(set) var step = 0
  package private(set) var history: [EpochRecord] = []

  private let executor: any Executor
  private let pool: ThreadPool
  private var order: BatchSampler
  private let assembler: BatchAssembler
  private let smoothing: Float
  private let mixing: RandomStream
  /// The images of a batch before they are mixed; empty without mixing.
  private let unmixed: Arena
  private var epochLoss = 0.0
  private var epochCorrect = 0
  private var epochImages = 0
  private var seconds = 0.0

  package init(_ job: TrainingJob, on backend: any Backend) throws {
    guard job.samples.count >= 2 else {
      throw TrainingError.tooFewImages(name: job.name, images: job.samples.count)
    }
    self.job = job
    network = Network(job.plan, on: backend)
    network.initialize(seed: job.seed)
    optimizer = Optimizer(job.recipe.optimizer, plan: network.plan, on: backend)
    order = job.order
    executor = backend.executor(network, batch: order.batchSize, mode: .training)
    pool = backend.pool
    assembler = BatchAssembler(
      samples: job.samples, normalization: job.normalization, augmentation: job.recipe.augmentation,
      stream: RandomStream(seed: job.seed, purpose: "augmentation"))
    smoothing = Float(job.recipe.labelSmoothing)
    mixing = RandomStream(seed: job.seed, purpose: "mixing")
    unmixed = Arena(count: job.recipe.augmentation.mixes ? order.batchSize * job.samples.shape.count : 0)
    for parameter in network.plan.parameters where parameter.initialization == .whitening {
      guard case .convolution(let geometry) = parameter.layout else { continue }
      let whitening = try PatchWhitening(job.samples, normalization: job.normalization)
      network.parameters.write(whitening.weights(geometry), at: parameter.offset)
    }
    average = job.recipe.emaDecay > 0 || job.recipe.lookahead.every > 0 ? network.copy(on: backend) : nil
  }
}

extension Trainer {
  /// What the loop reports and asks between steps.
  package struct Monitor {
    /// Called after every step with the mean loss of the epoch so far.
    package var stepped: (_ step: Int, _ loss: Double) -> Void
    /// Called after every epoch and after the last step.
    package var finishedEpoch: (EpochRecord) throws -> Void
    /// Asked after every step; true ends the loop early, with the state as it is.
    package var shouldStop: () -> Bool

    package init(
      stepped: @escaping (Int, Double) -> Void = { _, _ in },
      finishedEpoch: @escaping (EpochRecord) throws -> Void = { _ in },
      shouldStop: @escaping () -> Bool = { false }
    ) {
      self.stepped = stepped
      self.finishedEpoch = finishedEpoch
      self.shouldStop = shouldStop
    }
  }

  package var isFinished: Bool { step >= job.steps }

  /// The weights that are tested: the moving average where there is one.
  package var result: Network { average ?? network }

  /// Goes on from the current step to the last one, or until the monitor stops it.
  ///
  /// - Throws: `TrainingError.diverged` when the loss is no longer a number; what decoding throws, where the images are
  ///   streamed; whatever the monitor throws.
  package func run(_ monitor: Monitor) throws {
    let clock = ContinuousClock()
    while step < job.steps {
      let start = clock.now
      let batch = order.batch(atStep: step)
      let labels = assembler.labels(of: batch)
      let mix = try fill(batch)
      executor.forward()
      let correct = countCorrect(labels)
      let loss = loss(labels, mix)
      let multiplier = job.recipe.schedule.multiplier(step: step, of: job.steps, epochs: job.recipe.epochs)
      guard loss.isFinite else { throw divergence(at: step + 1, multiplier) }
      executor.backward()
      optimizer.step(executor, multiplier: multiplier)
      step += 1
      keepAverage()

      epochLoss += loss
      epochCorrect += correct
      epochImages += labels.count
      seconds += (clock.now - start).seconds
      monitor.stepped(step, epochLoss / Double(epochBatches))
      if step % order.stepsPerEpoch == 0 || step == job.steps {
        // The last update may be the one that fails, and no loss follows it.
        guard executor.isFinite(network.parameters), executor.isFinite(network.statistics) else {
          throw divergence(at: step, multiplier)
        }
        try monitor.finishedEpoch(closeEpoch(multiplier))
      }
      if monitor.shouldStop() { return }
    }
  }

  /// How many of the batch's images have their largest logit at their label.
  private func countCorrect(_ labels: [Int32]) -> Int {
    let classes = executor.program.logits.shape.count
    return executor.withValues(of: executor.program.logits) { logits in
      labels.enumerated().count { image, label in
        let row = logits[image * classes..<(image + 1) * classes]
        return row.indices.max { row[$0] < row[$1] } == row.startIndex + Int(label)
      }
    }
  }

  /// Fills the input with the step's batch, and mixes its images where the recipe says so.
  private func fill(_ batch: BatchSampler.Batch) throws -> BatchMix? {
    var stream = mixing.split(step)
    let shape = job.samples.shape
    let mix = job.recipe.augmentation.mix(count: order.batchSize, shape: shape, from: &stream)
    try executor.fill { input in
      try assembler.fill(input, with: batch, pool: pool)
      mix?.apply(
        to: input, originals: unmixed.tensor(atByte: 0, input.format, images: input.images, shape: shape), pool: pool)
    }
    return mix
  }

  private func loss(_ labels: [Int32], _ mix: BatchMix?) -> Double {
    let second = mix.map { $0.partners.map { labels[$0] } } ?? labels
    return labels.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        executor.loss(
          MixedLabels(first: first, second: second, share: mix?.share ?? 1), smoothing: smoothing,
          isDifferentiated: true)
      }
    }
  }

  /// - Parameter step: the step that went wrong, counted from 1.
  private func divergence(at step: Int, _ multiplier: Double) -> TrainingError {
    .diverged(
      name: job.name, epoch: (step - 1) / order.stepsPerEpoch + 1, step: step,
      learningRate: job.recipe.optimizer.learningRate * multiplier)
  }

  private var epochBatches: Int { epochImages / order.batchSize }

  private func closeEpoch(_ multiplier: Double) -> EpochRecord {
    let record = EpochRecord(
      name: job.name, seed: job.seed, epoch: (step + order.stepsPerEpoch - 1) / order.stepsPerEpoch, step: step,
      loss: epochLoss / Double(epochBatches), trainingTop1: Double(epochCorrect) / Double(epochImages),
      learningRate: job.recipe.optimizer.learningRate * multiplier, seconds: seconds)
    history.append(record)
    epochLoss = 0
    epochCorrect = 0
    epochImages = 0
    return record
  }

  /// Takes the step that was just done into the average, or lets the slow weights follow and training go on from them.
  private func keepAverage() {
    guard let average else { return }
    /// x ← decay · x + (1 − decay) · y for every number x of the average and y of the network.
    func approach(decay: Double) {
      executor.average(network.parameters, into: average.parameters, decay: Float(decay))
      executor.average(network.statistics, into: average.statistics, decay: Float(decay))
    }
    let lookahead = job.recipe.lookahead
    guard lookahead.every > 0 else {
      // Early steps average over fewer weights, so that the average does not remember the random start.
      let decay = min(job.recipe.emaDecay, Double(step) / Double(step + 9))
      return approach(decay: decay)
    }
    guard step % lookahead.every == 0 else { return }
    approach(decay: lookahead.retention(step: step, of: job.steps))
    network.parameters.copy(from: average.parameters)
    network.statistics.copy(from: average.statistics)
  }
}

// MARK: - State

extension Trainer {
  /// All that the next step depends on, and the epoch's running sums.
  package var state: TrainingState {
    TrainingState(
      step: step, epochLoss: epochLoss, epochCorrect: epochCorrect, epochImages: epochImages, seconds: seconds,
      history: history, parameters: network.parameters.contents, velocity: optimizer.velocity.contents,
      statistics: network.statistics.contents,
      average: average.map { $0.parameters.contents + $0.statistics.contents } ?? [])
  }

  /// Goes on from a saved state; the steps that follow give the same bytes as if nothing had happened.
  ///
  /// - Throws: `TrainingError.foreignCheckpoint` when the stores have other sizes.
  package func restore(_ state: TrainingState, path: String) throws {
    let averageCount = average.map { $0.parameters.count + $0.statistics.count } ?? 0
    guard state.parameters.count == network.parameters.count, state.velocity.count == optimizer.velocity.count,
      state.statistics.count == network.statistics.count, state.average.count == averageCount, state.step <= job.steps
    else { throw TrainingError.foreignCheckpoint(path: path, what: "the size of the network") }
    network.parameters.write(state.parameters, at: 0)
    optimizer.velocity.write(state.velocity, at: 0)
    network.statistics.write(state.statistics, at: 0)
    if let average {
      average.parameters.write(Array(state.average.prefix(average.parameters.count)), at: 0)
      average.statistics.write(Array(state.average.suffix(average.statistics.count)), at: 0)
    }
    step = state.step
    epochLoss = state.epochLoss
    epochCorrect = state.epochCorrect
    epochImages = state.epochImages
    seconds = state.seconds
    history = state.history
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
