import Datasets
import Kernels
import Networks
import Randomness
import Support
import Testing
import Training

@Suite(.serialized) struct TrainerTests {
  /// Two classes that differ by where the bright half is, with noise from a fixed stream.
  private func samples(_ count: Int = 48, side: Int = 8) -> Samples {
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
      labels: (0..<count).map { Int32($0 % 2) }, members: (0..<count).map(String.init),
      origin: Samples.Origin(path: "halves"))
  }

  private func job(
    steps: Int = 12, averaging: Double = 0, lookahead: Int = 0, seed: UInt64 = 5, mixup: Double = 0, cutmix: Double = 0,
    supplement: EpochOrder.Supplement? = nil
  ) -> TrainingJob {
    var recipe = Recipe()
    recipe.batchSize = 16
    recipe.epochs = 4
    recipe.averaging = averaging
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

  @Test(arguments: TrainingPath.available, [0.0, 0.9])
  func threadsDoNotChangeABit(path: TrainingPath, averaging: Double) throws {
    let states = try [1, 2, 3].map { threads in
      let trainer = try trainer(job(averaging: averaging), threads: threads, path)
      try trainer.run(Trainer.Monitor())
      return trainer.state
    }
    #expect(states[0].parameters == states[1].parameters && states[0].parameters == states[2].parameters)
    #expect(states[0].statistics == states[1].statistics && states[0].velocity == states[2].velocity)
    #expect(states[0].average == states[1].average && states[0].average.isEmpty == (averaging == 0))
  }

  @Test(arguments: TrainingPath.available)
  func lookaheadGoesOnFromTheSlowWeights(path: TrainingPath) throws {
    let whole = try trainer(job(lookahead: 4), path)
    try whole.run(Trainer.Monitor())
    // Step 12 is the third pull: the fast weights stand where the slow ones do.
    #expect(whole.state.average == whole.state.parameters + whole.state.statistics)
    #expect(whole.result.parameters.base == whole.average?.parameters.base)
    let broken = try trainer(job(lookahead: 4), path)
    var stopped = false
    try broken.run(Trainer.Monitor(stepped: { step, _ in stopped = step == 7 }, shouldStop: { stopped }))
    #expect(broken.step == 7 && broken.state.average != broken.state.parameters + broken.state.statistics)
    let second = try trainer(job(lookahead: 4), path)
    try second.restore(broken.state, path: "checkpoint")
    try second.run(Trainer.Monitor())
    #expect(second.state.parameters == whole.state.parameters && second.state.average == whole.state.average)
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
    let bytes = try first.state.serialized(fingerprint: "f", kernels: "k")
    let second = try trainer(job(averaging: 0.9), path)
    try second.restore(TrainingState(bytes, path: "memory", fingerprint: "f", kernels: "k"), path: "memory")
    try second.run(Trainer.Monitor())

    #expect(second.state.parameters == whole.state.parameters)
    #expect(second.state.velocity == whole.state.velocity && second.state.average == whole.state.average)
    #expect(second.history.map(\.loss) == whole.history.map(\.loss))
  }

  @Test(arguments: [(1.0, 0.0), (0, 1), (0.2, 1)])
  func mixedImagesAreLearntFromAndResumed(mixup: Double, cutmix: Double) throws {
    let supplement = EpochOrder.Supplement(count: 16, perBatch: 5)
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
    #expect(second.state.parameters == whole.state.parameters)
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
    let bytes = try trainer.state.serialized(fingerprint: "f", kernels: "k")
    #expect(throws: TrainingError.self) { try TrainingState(bytes, path: "p", fingerprint: "g", kernels: "k") }
    #expect(throws: TrainingError.otherKernels(path: "p", saved: "k", present: "other")) {
      try TrainingState(bytes, path: "p", fingerprint: "f", kernels: "other")
    }
    #expect(try TrainingState(bytes, path: "p", fingerprint: "f", kernels: nil) == trainer.state)
    #expect(throws: CheckpointError.self) {
      try TrainingState(Array(bytes.dropLast(5)), path: "p", fingerprint: "f", kernels: "k")
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

  @Test func oneImageIsTooFew() throws {
    let samples = samples(1)
    let job = TrainingJob(
      name: "one", seed: 1, steps: 1, architecture: .cifarResNet(depth: 8, shortcut: .padded), recipe: Recipe(),
      samples: samples, normalization: .computed(from: samples), fingerprint: "f")
    #expect(throws: TrainingError.tooFewImages(name: "one", images: 1)) { try trainer(job) }
  }
}
