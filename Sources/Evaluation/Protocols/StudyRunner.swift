internal import Datasets
import Foundation
package import Metrics
internal import Networks
package import Training

/// Trains and tests everything in a study, or takes up what earlier sittings have finished.
///
/// A finished training is its model file; a training in progress is the checkpoint. Both say which training they
/// belong to, so nothing is done twice and nothing foreign is mistaken for one's own.
package struct StudyRunner {
  package let study: Study
  package let experiment: Experiment
  package let folder: RunFolder
  package let machine: Machine
  package let cache: BaselineCache?
  /// Seconds between two checkpoints.
  package var checkpointInterval = 30.0
  /// Which program this is, as models and checkpoints say it; nil where that is not known.
  package var build = ProgramIdentity.current
  /// Go on with a checkpoint or model that other kernels have made.
  package var allowsKernelChange = false
  /// Write the epochs for TensorBoard, too.
  package var writesEvents = false
  package var events = RunEvents()

  /// What came of one entry: its classifiers' predictions, seed by seed, and the cost of the trainings.
  package struct Outcome {
    package let entry: Study.Entry
    package let jobs: [TrainingJob]
    package let predictions: [Predictions]
    /// The last epoch's record of each training.
    package let records: [EpochRecord]
    /// What computed each training, part by part.
    package let computations: [[Computation]]
    /// Whether the trainings were taken from the cache of baselines.
    package let cached: Bool
    /// What a baseline's classifiers say about the images of each synthetic set: the set's name, and seed by seed.
    package let ganTests: [(name: String, predictions: [Predictions])]
  }

  package init(
    _ study: Study, _ experiment: Experiment, folder: RunFolder, machine: Machine, cache: BaselineCache?
  ) {
    self.study = study
    self.experiment = experiment
    self.folder = folder
    self.machine = machine
    self.cache = cache
  }
}

extension StudyRunner {
  private var computation: Computation { Computation(build: build, kernels: machine.kernels) }

  /// - Throws: `Interrupted` once the state is saved; `TrainingError`, `CheckpointError`, `FileError`.
  package func run() throws -> [Outcome] {
    let jobs = try study.jobs(experiment)
    let seeds = experiment.seeds
    var log = folder.logged()
    let outcomes = try study.entries.enumerated().map { index, entry in
      let own = Array(jobs[index * seeds..<(index + 1) * seeds])
      let tested = experiment.ganTest ? study.ganTested(by: entry) : []
      var predictions: [Predictions] = []
      var ganTests = tested.map { (name: $0.name, predictions: [Predictions]()) }
      var records: [EpochRecord] = []
      var computations: [[Computation]] = []
      var cached = false
      for job in own {
        let trained = try trainedNetwork(job, entry: entry, log: &log)
        cached = cached || trained.cached
        computations.append(trained.parts)
        records += log.filter { $0.name == job.name && $0.seed == job.seed }.suffix(1)
        predictions.append(
          try predict(trained.network, study.test, job, title: "Testing \(job.name), seed \(job.seed)", of: entry))
        for (place, set) in tested.enumerated() {
          let title = "GAN-test of \(set.name), seed \(job.seed)"
          ganTests[place].predictions.append(try predict(trained.network, set.samples, job, title: title, of: entry))
        }
      }
      return Outcome(
        entry: entry, jobs: own, predictions: predictions, records: records, computations: computations,
        cached: cached, ganTests: ganTests)
    }
    // One that was left behind when the last model had just been written.
    try? FileManager.default.removeItem(atPath: folder.checkpoint)
    return outcomes
  }

  private func predict(
    _ network: Network, _ samples: Samples, _ job: TrainingJob, title: String, of entry: Study.Entry
  ) throws -> Predictions {
    try events.stage(title, samples.count, "images") {
      try Evaluator.predict(
        network, samples, normalization: job.normalization, untrained: entry.untrained, flips: experiment.testFlips,
        on: machine.backend,
        progress: {
          events.advanced($0, "")
          if events.shouldStop() { throw Interrupted() }
        })
    }
  }

  private func trainedNetwork(
    _ job: TrainingJob, entry: Study.Entry, log: inout [EpochRecord]
  ) throws -> (network: Network, parts: [Computation], cached: Bool) {
    let path = folder.model(job.name, seed: job.seed)
    if FileManager.default.fileExists(atPath: path) {
      let bytes = try InputFile.contents(of: path)
      let found = try Self.naming(path) {
        try ModelFile.load(bytes, path: path, job: job, kernels: allowsKernelChange ? nil : machine.kernels)
      }
      let isCached = log.contains { $0.name == job.name && $0.seed == job.seed && $0.cached == true }
      return (found.network, found.parts, isCached)
    }
    if entry.kind == .baseline, let hit = cache?.lookup(job, kernels: machine.kernels) {
      log = log.filter { $0.name != job.name || $0.seed != job.seed } + hit.history
      let found = try ModelFile.load(hit.model, path: path, job: job, kernels: nil)
      try record(job, log)
      try folder.write(hit.model, to: path)
      events.note("\(job.name), seed \(job.seed): the same baseline was trained before, and is taken from the cache.")
      return (found.network, found.parts, true)
    }
    let trainer = try Trainer(job, on: machine.backend)
    var parts = try resume(trainer)
    if parts.isEmpty || !trainer.isFinished && parts.last != computation { parts.append(computation) }
    try train(trainer, parts, log: &log)
    let bytes = try ModelFile.serialized(job, trainer.result, computedBy: parts)
    try folder.write(bytes, to: path)
    try? FileManager.default.removeItem(atPath: folder.checkpoint)
    // Other runs find it by this build and its kernels, so that these must have computed all of it.
    if entry.kind == .baseline, build != nil, parts == [computation] {
      cache?.store(job, kernels: machine.kernels, model: bytes, history: trainer.history)
    }
    return (trainer.result, parts, false)
  }

  /// Takes up the checkpoint where it is this training's. One of another training of this study, which is finished, is
  /// left behind; any other was made with other data or settings, and is not thrown away.
  ///
  /// - Returns: what computed the part of the training that is done; empty where it begins.
  private func resume(_ trainer: Trainer) throws -> [Computation] {
    let (path, job) = (folder.checkpoint, trainer.job)
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let bytes = try InputFile.contents(of: path)
    let (owner, parts) = try Self.naming(path) { try TrainingState.origin(of: bytes, path: path) }
    if owner != job.fingerprint, try study.jobs(experiment).contains(where: { $0.fingerprint == owner }) { return [] }
    let state = try Self.naming(path) {
      try TrainingState(
        bytes, path: path, fingerprint: job.fingerprint, kernels: allowsKernelChange ? nil : machine.kernels)
    }
    try trainer.restore(state, path: path)
    var isOther = false
    if let build, let saved = parts.last?.build { isOther = saved != build }
    events.note(
      "\(job.name), seed \(job.seed): goes on after step \(state.step)"
        + (isOther ? ", which another build of the program computed." : "."))
    return parts
  }

  /// Gives an error about a file of the run the remedy that a run has.
  private static func naming<Value>(_ path: String, _ read: () throws -> Value) throws -> Value {
    do { return try read() } catch CheckpointError.damaged(_, let detail) {
      throw TrainingError.damagedFile(path: path, detail: detail)
    }
  }

  /// - Parameter parts: what has computed the training, up to and with this sitting.
  private func train(_ trainer: Trainer, _ parts: [Computation], log: inout [EpochRecord]) throws {
    let job = trainer.job
    let others = log.filter { $0.name != job.name || $0.seed != job.seed }
    let clock = ContinuousClock()
    var saved = clock.now
    // Writing all of a log of thousands of short epochs after each of them would take longer than these.
    var logged: ContinuousClock.Instant?
    events.began("Training \(job.name), seed \(job.seed)", job.steps, "steps", trainer.step)
    defer { events.ended(trainer.isFinished) }
    // The step that a checkpoint of this sitting or the last one stands at.
    var savedStep = trainer.step
    func save() throws {
      try folder.write(
        try trainer.state.serialized(fingerprint: job.fingerprint, computedBy: parts), to: folder.checkpoint)
      saved = clock.now
      savedStep = trainer.step
    }
    while !trainer.isFinished {
      var due = false
      try trainer.run(
        Trainer.Monitor(
          stepped: { step, loss in
            events.advanced(step, "loss " + String(format: "%.3f", loss))
            due = clock.now - saved >= .seconds(checkpointInterval)
          },
          finishedEpoch: { _ in
            if let last = logged, clock.now - last < .seconds(1) { return }
            try record(job, others + trainer.history)
            logged = clock.now
          },
          shouldStop: { due || events.shouldStop() }))
      if events.shouldStop() || (due && !trainer.isFinished) {
        if savedStep != trainer.step { try save() }
      }
      if events.shouldStop() {
        try record(job, others + trainer.history)
        throw Interrupted()
      }
    }
    log = others + trainer.history
    try record(job, log)
  }

  /// Writes down the epochs, of which those of this training are new.
  private func record(_ job: TrainingJob, _ log: [EpochRecord]) throws {
    try folder.writeLog(log)
    if writesEvents { try folder.writeEvents(log.filter { $0.name == job.name && $0.seed == job.seed }) }
  }
}
