import Datasets
import Foundation
import Kernels
import Networks
import Randomness
import Support
import Testing
import Training

@Suite(.serialized) struct TrainerTests {
  /// Two classes that differ by where the bright half is, with noise from a fixed stream.
  private func samples(_ count: Int = 48, side: Int = 8, swapped: Bool = false) -> Samples {
    var stream = RandomStream(seed: 11, purpose: "test")
    var pixels: [UInt8] = []
    for image in 0..<count {
      for _ in 0..<side {
        for x in 0..<side {
          let bright = (x < side / 2) == (image % 2 == 0)
          pixels.append(UInt8((bright ? 150 : 50) + stream.nextInteger(below: 60)))
        }
      }
    }
    return Samples(
      classNames: ["left", "right"], shape: Shape(height: side, width: side, channels: 1), pixels: pixels,
      labels: (0..<count).map { Int32(swapped ? 1 - $0 % 2 : $0 % 2) }, members: (0..<count).map(String.init),
      origin: Samples.Origin(path: "halves"))
  }

  private func job(
    steps: Int = 12, averaging: Double = 0, lookahead: Int = 0, seed: UInt64 = 5, mixup: Double = 0, cutmix: Double = 0,
    supplement: BatchSampler.Supplement? = nil
  ) -> TrainingJob {
    var recipe = Recipe()
    recipe.batchSize = 16
    recipe.epochs = 4
    recipe.emaDecay = averaging
    recipe.lookahead.every = lookahead
    recipe.augmentation.padCrop = 1
    recipe.augmentation.flip = false
    recipe.augmentation.mixup = mixup
    recipe.augmentation.cutmix = cutmix
    let samples = samples()
    return TrainingJob(
      name: "halves", seed: seed, steps: steps, architecture: .cifarResNet(depth: 8, shortcut: .padded),
      recipe: recipe, samples: samples, normalization: .computed(from: samples), fingerprint: "f",
      supplement: supplement)
  }

  /// A job whose recipe is changed; its steps of 16 images are three an epoch.
  private func job(
    steps: Int, swapped: Bool = false, _ change: (inout Recipe) -> Void
  ) -> TrainingJob {
    var recipe = Recipe()
    recipe.batchSize = 16
    recipe.epochs = 4
    recipe.augmentation = .none
    change(&recipe)
    let samples = samples(swapped: swapped)
    return TrainingJob(
      name: "halves", seed: 5, steps: steps, architecture: .cifarResNet(depth: 8, shortcut: .padded), recipe: recipe,
      samples: samples, normalization: .computed(from: samples), fingerprint: "f")
  }

  private func trainer(
    _ job: TrainingJob, threads: Int = 2, _ path: TrainingPath? = nil
  ) throws -> Trainer {
    let path = try #require(path ?? TrainingPath.available.first)
    return try Trainer(job, on: path.processor(threads: threads))
  }

  @Test(arguments: TrainingPath.available)
  func learnsWhatCanBeLearned(path: TrainingPath) throws {
    let trainer = try trainer(job(steps: 30), path)
    try trainer.run(Trainer.Monitor())
    let first = try #require(trainer.history.first)
    let last = try #require(trainer.history.last)
    #expect(trainer.history.count == 10 && last.step == 30 && last.epoch == 10)
    #expect(last.loss < first.loss / 2)
    #expect(last.trainingTop1 > 0.95)
  }

  /// Whole steps, those of shuffling, mixing, loss, update and averaging, beside the slow reference kernels.
  @Test(arguments: [false, true])
  func theReferenceBackendTrainsAlike(looksAhead: Bool) throws {
    let job = job(steps: 4) {
      $0.optimizer.learningRate = 0.02
      $0.labelSmoothing = 0.1
      $0.augmentation.mixup = 1
      if looksAhead { $0.lookahead.every = 2 } else { $0.emaDecay = 0.9 }
    }
    func train(on backend: any Backend) throws -> (losses: [Double], state: TrainingState) {
      let trainer = try Trainer(job, on: backend)
      var losses: [Double] = []
      try trainer.run(Trainer.Monitor(stepped: { losses.append($1) }))
      return (losses, trainer.state)
    }
    let expected = try train(on: ReferenceBackend())
    #expect(expected.losses.count == 4 && expected.state.parameters.contains { $0 != 0 })
    for path in TrainingPath.available where path.format == .fp32 {
      let found = try train(on: path.processor())
      #expect(zip(found.losses, expected.losses).allSatisfy { abs($0 - $1) < 1e-4 }, "\(path): \(found.losses)")
      for part in [\TrainingState.parameters, \.velocity, \.statistics, \.average] {
        let (own, other) = (found.state[keyPath: part], expected.state[keyPath: part])
        let size = other.reduce(0) { max($0, abs($1)) }
        let difference = zip(own, other).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(own.count == other.count && difference <= 1e-3 * size, "\(path): \(difference) of \(size)")
      }
    }
  }

  @Test(arguments: TrainingPath.available, [0.0, 0.9])
  func threadsDoNotChangeABit(path: TrainingPath, averaging: Double) throws {
    let states = try [1, 2, 3].map { threads in
      let trainer = try trainer(job(averaging: averaging), threads: threads, path)
      try trainer.run(Trainer.Monitor())
      return trainer.state
    }
    #expect(Bool(states[0].parameters == states[1].parameters && states[0].parameters == states[2].parameters))
    #expect(Bool(states[0].statistics == states[1].statistics && states[0].velocity == states[2].velocity))
    #expect(Bool(states[0].average == states[1].average && states[0].average.isEmpty == (averaging == 0)))
  }

  @Test(arguments: TrainingPath.available)
  func lookaheadGoesOnFromTheSlowWeights(path: TrainingPath) throws {
    let whole = try trainer(job(lookahead: 4), path)
    try whole.run(Trainer.Monitor())
    // Step 12 is the third pull: the fast weights stand where the slow ones do.
    #expect(Bool(whole.state.average == whole.state.parameters + whole.state.statistics))
    #expect(whole.result.parameters === whole.average?.parameters)
    let broken = try trainer(job(lookahead: 4), path)
    var stopped = false
    try broken.run(Trainer.Monitor(stepped: { step, _ in stopped = step == 7 }, shouldStop: { stopped }))
    #expect(broken.step == 7 && broken.state.average != broken.state.parameters + broken.state.statistics)
    let second = try trainer(job(lookahead: 4), path)
    try second.restore(broken.state, path: "checkpoint")
    try second.run(Trainer.Monitor())
    #expect(Bool(second.state.parameters == whole.state.parameters && second.state.average == whole.state.average))
    let plain = try trainer(job(), path)
    try plain.run(Trainer.Monitor())
    #expect(plain.state.parameters != whole.state.parameters && plain.state.average.isEmpty)
  }

  @Test func lookaheadLetsGoMoreAndMore() {
    var lookahead = Lookahead()
    lookahead.every = 5
    #expect(lookahead.retention(step: 0, of: 100) == 0)
    // By hand: 0.95^5 = 0.7737809375, and an eighth of it half way through.
    #expect(abs(lookahead.retention(step: 50, of: 100) - 0.0967226171875) < 1e-12)
    #expect(abs(lookahead.retention(step: 100, of: 100) - 0.7737809375) < 1e-12)
  }

  @Test(arguments: TrainingPath.available, [1, 5, 11])
  func resumedTrainingEndsInTheSameBytes(path: TrainingPath, stop: Int) throws {
    let whole = try trainer(job(averaging: 0.9), path)
    try whole.run(Trainer.Monitor())

    let first = try trainer(job(averaging: 0.9), path)
    try first.run(Trainer.Monitor(shouldStop: { first.step == stop }))
    #expect(first.step == stop)
    let bytes = try first.state.serialized(fingerprint: "f", computedBy: [Computation(build: "b", kernels: "k")])
    let second = try trainer(job(averaging: 0.9), path)
    try second.restore(TrainingState(bytes, path: "memory", fingerprint: "f", kernels: "k"), path: "memory")
    try second.run(Trainer.Monitor())

    #expect(Bool(second.state.parameters == whole.state.parameters))
    #expect(Bool(second.state.velocity == whole.state.velocity && second.state.average == whole.state.average))
    #expect(second.history.map(\.loss) == whole.history.map(\.loss))
    #expect(second.history.map(\.trainingTop1) == whole.history.map(\.trainingTop1))
  }

  @Test(arguments: [(1.0, 0.0), (0, 1), (0.2, 1)])
  func mixedImagesAreLearntFromAndResumed(mixup: Double, cutmix: Double) throws {
    let supplement = BatchSampler.Supplement(count: 16, perBatch: 5)
    let job = job(steps: 30, mixup: mixup, cutmix: cutmix, supplement: supplement)
    let whole = try trainer(job)
    try whole.run(Trainer.Monitor())
    let plain = try trainer(self.job(steps: 30, supplement: supplement))
    try plain.run(Trainer.Monitor())
    #expect(whole.state.parameters != plain.state.parameters)
    let (first, last) = (try #require(whole.history.first), try #require(whole.history.last))
    #expect(last.loss < first.loss)

    let cut = try trainer(job, threads: 1)
    try cut.run(Trainer.Monitor(shouldStop: { cut.step == 13 }))
    let second = try trainer(job, threads: 3)
    try second.restore(cut.state, path: "memory")
    try second.run(Trainer.Monitor())
    #expect(Bool(second.state.parameters == whole.state.parameters))
  }

  /// Two images at a rate of 0: only how much of each is mixed into the other changes the loss.
  @Test func everyBatchIsMixedInItsOwnWay() throws {
    var recipe = Recipe()
    recipe.batchSize = 2
    recipe.optimizer.learningRate = 0
    recipe.augmentation = .none
    recipe.augmentation.mixup = 1
    let samples = samples(2)
    let trainer = try trainer(
      TrainingJob(
        name: "two", seed: 5, steps: 12, architecture: .cifarResNet(depth: 8, shortcut: .padded), recipe: recipe,
        samples: samples, normalization: .computed(from: samples), fingerprint: "f"))
    try trainer.run(Trainer.Monitor())
    let losses = trainer.history.map { ($0.loss * 1000).rounded() }
    #expect(losses.count == 12 && Set(losses).count > 3, "\(losses)")
  }

  /// A step from the first epoch on halves the rate: exactly the rate 0.05, which is half of 0.1 in binary, too.
  @Test func theScheduleSetsTheRate() throws {
    let halved = try trainer(
      job(steps: 7) {
        $0.schedule = Schedule(decay: .step, milestones: [0], factor: 0.5)
        $0.optimizer.learningRate = 0.1
      })
    let constant = try trainer(
      job(steps: 7) {
        $0.schedule = Schedule(decay: .constant)
        $0.optimizer.learningRate = 0.05
      })
    for trainer in [halved, constant] { try trainer.run(Trainer.Monitor()) }
    #expect(Bool(halved.state.parameters == constant.state.parameters))
    #expect(halved.optimizer.settings == halved.job.recipe.optimizer)
    #expect(constant.history.map(\.learningRate) == [0.05, 0.05, 0.05])

    // An epoch of warm-up, then half a cosine over the nine steps that are left; a record has its last step's rate.
    let cosine = try trainer(job(steps: 12) { $0.schedule = Schedule(decay: .cosine, warmupEpochs: 1) })
    try cosine.run(Trainer.Monitor())
    let expected = [0.1] + [2.0, 5, 8].map { 0.05 * (1 + cos(.pi * $0 / 9)) }
    #expect(zip(cosine.history.map(\.learningRate), expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(cosine.history.count == 4)
  }

  /// Smoothing s over two classes weighs the label's loss by 1 - s/2 and the other one's by s/2. The first step's loss is
  /// the untrained network's.
  @Test func labelsAreSmoothed() throws {
    func loss(_ smoothing: Double, swapped: Bool = false) throws -> Double {
      let trainer = try trainer(job(steps: 1, swapped: swapped) { $0.labelSmoothing = smoothing })
      try trainer.run(Trainer.Monitor())
      return try #require(trainer.history.first?.loss)
    }
    let (own, other, smoothed) = (try loss(0), try loss(0, swapped: true), try loss(0.2))
    #expect(abs(own - other) > 1e-3 && abs(smoothed - (0.9 * own + 0.1 * other)) < 1e-5)
  }

  @Test(arguments: [false, true])
  func blocksMayStartAsNothing(zero: Bool) throws {
    let trainer = try trainer(job(steps: 1) { $0.zeroLastScale = zero })
    let scales = trainer.network.plan.parameters.filter { $0.role == .scale }
    let zeros = scales.filter { trainer.network.parameters.read($0.range).allSatisfy { $0 == 0 } }.map(\.name)
    #expect(scales.count == 7)
    #expect(zeros == (zero ? ["layer1.0.bn2.weight", "layer2.0.bn2.weight", "layer3.0.bn2.weight"] : []))
  }

  /// The decay of step t is at most t / (t + 9): 0.1 after the first step, 2 / 11 after the second.
  @Test func theAverageIsThatOfTheSteps() throws {
    let trainer = try trainer(job(steps: 2) { $0.emaDecay = 0.9 })
    var states = [trainer.state]
    try trainer.run(Trainer.Monitor(stepped: { _, _ in states.append(trainer.state) }))
    func all(_ state: TrainingState) -> [Float] { state.parameters + state.statistics }
    for (step, decay) in [(1, Float(0.1)), (2, 2.0 / 11)] {
      let expected = zip(states[step - 1].average, all(states[step])).map { decay * $0 + (1 - decay) * $1 }
      #expect(zip(states[step].average, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "step \(step)")
    }
    #expect(Bool(states[0].average == all(states[0]) && states[2].parameters != states[1].parameters))
    #expect(trainer.result.parameters === trainer.average?.parameters)
  }

  @Test func anEpochShowsEachClassAsOftenAsItsWeight() {
    let labels = [Int32](repeating: 0, count: 40) + [Int32](repeating: 1, count: 10) + [Int32](repeating: 2, count: 10)
    let samples = Samples(
      classNames: ["a", "b", "c"], shape: Shape(height: 1, width: 1, channels: 1),
      pixels: [UInt8](repeating: 0, count: 60), labels: labels, members: labels.indices.map(String.init),
      origin: Samples.Origin(path: "set"))
    var recipe = Recipe()
    recipe.batchSize = 10
    let job = TrainingJob(
      name: "set", seed: 1, steps: 6, architecture: .cifarResNet(depth: 8, shortcut: .padded), recipe: recipe,
      samples: samples, normalization: .computed(from: samples), fingerprint: "f",
      weighting: BatchSampler.Weighting(labels: labels, shares: [1, 1, 1]))
    var order = job.order
    let shown = (0..<6).flatMap { order.batch(atStep: $0).indices.map { labels[$0] } }
    #expect((0..<3).map { label in shown.count { $0 == label } } == [20, 20, 20])
  }

  @Test func seedsDiffer() throws {
    let states = try [5, 6].map { (seed: UInt64) in
      let trainer = try trainer(job(steps: 1, seed: seed))
      try trainer.run(Trainer.Monitor())
      return trainer.state.parameters
    }
    #expect(states[0] != states[1])
  }

  @Test func foreignCheckpointsAreRefused() throws {
    let trainer = try trainer(job(steps: 1))
    let bytes = try trainer.state.serialized(fingerprint: "f", computedBy: [Computation(build: "b", kernels: "k")])
    #expect(throws: TrainingError.self) { try TrainingState(bytes, path: "p", fingerprint: "g", kernels: "k") }
    #expect(throws: TrainingError.otherKernels(path: "p", saved: "k", present: "other")) {
      try TrainingState(bytes, path: "p", fingerprint: "f", kernels: "other")
    }
    #expect(try Bool(TrainingState(bytes, path: "p", fingerprint: "f", kernels: nil) == trainer.state))
    #expect(throws: CheckpointError.self) {
      try TrainingState(Array(bytes.dropLast(5)), path: "p", fingerprint: "f", kernels: "k")
    }
  }

  /// The kernels that go on are the last ones; a file of an earlier version names no build.
  @Test func aStateSaysWhatComputedIt() throws {
    let parts = [Computation(build: "old", kernels: "j"), Computation(build: nil, kernels: "k")]
    let state = try trainer(job(steps: 1)).state
    let bytes = try state.serialized(fingerprint: "f", computedBy: parts)
    let origin = try TrainingState.origin(of: bytes, path: "p")
    #expect(origin.fingerprint == "f" && origin.parts == parts)
    #expect(throws: TrainingError.otherKernels(path: "p", saved: "k", present: "j")) {
      try TrainingState(bytes, path: "p", fingerprint: "f", kernels: "j")
    }
    let isWhole = try TrainingState(bytes, path: "p", fingerprint: "f", kernels: "k") == state
    #expect(isWhole)
    for listed in [nil, "[]", "no list"] {
      var metadata = ["kernels": "k"]
      metadata[Computation.key] = listed
      #expect(Computation.parts(in: metadata) == [Computation(build: nil, kernels: "k")])
    }
  }

  @Test func divergenceSaysWhereAndWhatToTry() throws {
    var recipe = Recipe()
    recipe.batchSize = 16
    recipe.optimizer.learningRate = 1e30
    recipe.schedule.warmupEpochs = 0
    let samples = samples()
    let job = TrainingJob(
      name: "halves", seed: 1, steps: 50, architecture: .cifarResNet(depth: 8, shortcut: .padded), recipe: recipe,
      samples: samples, normalization: .computed(from: samples), fingerprint: "f")
    let trainer = try trainer(job)
    #expect { try trainer.run(Trainer.Monitor()) } throws: { error in
      let text = "\(error)"
      return error is TrainingError && text.contains("halves") && text.contains("--learning-rate")
    }
  }

  /// The third of three steps an epoch has a rate without bounds, and no loss follows it.
  @Test func theLastStepOfAnEpochIsOfThatEpoch() throws {
    let trainer = try trainer(
      job(steps: 3) { $0.schedule = Schedule(decay: .step, milestones: [8.0 / 3], factor: 1e300) })
    #expect {
      try trainer.run(Trainer.Monitor())
    } throws: { error in
      guard case TrainingError.diverged(_, let epoch, let step, let rate) = error else { return false }
      return epoch == 1 && step == 3 && rate > 1e298
    }
  }

  @Test func oneImageIsTooFew() throws {
    let samples = samples(1)
    let job = TrainingJob(
      name: "one", seed: 1, steps: 1, architecture: .cifarResNet(depth: 8, shortcut: .padded), recipe: Recipe(),
      samples: samples, normalization: .computed(from: samples), fingerprint: "f")
    #expect(throws: TrainingError.tooFewImages(name: "one", images: 1)) { try trainer(job) }
  }
}
