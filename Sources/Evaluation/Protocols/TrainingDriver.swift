internal import Datasets
import Foundation
internal import Networks
internal import Training

/// Trains networks one after the other, or takes up what earlier sittings and other runs have finished: a study's, and the
/// one that describes images for metrics.
///
/// A finished training is its model file; a training in progress is the checkpoint. Both say which training they
/// belong to, so nothing is done twice and nothing foreign is mistaken for one's own.
package struct TrainingDriver {
  package struct Options: Sendable {
    /// Seconds between two checkpoints.
    package var checkpointInterval = 30.0
    /// Go on with a checkpoint or model that other kernels have made.
    package var allowsKernelChange = false
    /// Write the epochs for TensorBoard, too.
    package var writesEvents = false

    package init() {}
  }

  /// One training and what is said of it.
  struct Order {
    let job: TrainingJob
    let title: String
    /// What is said where the cache of baselines has it; nil for one that is not shared with other runs.
    let noteWhenCached: String?
  }

  struct Trained {
    let network: Network
    /// The bytes of the model's file.
    let model: [UInt8]
    /// What computed it, part by part.
    let parts: [Computation]
    let isCached: Bool
  }

  private let context: RunContext
  /// Where models, checkpoint and log are kept; nil keeps nothing.
  private let folder: RunFolder?
  /// The fingerprints of all trainings that share the folder.
  private let fingerprints: Set<String>
  private let options: Options
  /// The epochs of all trainings.
  private var log: [EpochRecord]

  init(_ context: RunContext, folder: RunFolder? = nil, jobs: [TrainingJob] = [], _ options: Options = Options()) {
    self.context = context
    self.folder = folder
    fingerprints = Set(jobs.map(\.fingerprint))
    self.options = options
    log = folder?.logged() ?? []
  }
}

extension TrainingDriver {
  private var events: RunEvents { context.events }
  private var kernels: String { context.machine.kernels }
  private var computation: Computation { Computation(build: context.build, kernels: kernels) }
  /// Those that models and checkpoints must have been computed with; nil for any.
  private var kernelsOfFiles: String? { options.allowsKernelChange ? nil : kernels }

  /// - Throws: `Interrupted` once the state is saved; `TrainingError`, `CheckpointError`, `FileError`.
  mutating func trained(_ task: Order) throws -> Trained {
    let job = task.job
    if let known = try finished(job) { return known }
    if let note = task.noteWhenCached, let hit = context.baselines?.lookup(job, kernels: kernels) {
      log = epochs(ofOthersThan: job) + hit.history
      let path = folder?.model(job.name, seed: job.seed) ?? job.name
      let found = try ModelFile.load(hit.model, path: path, job: job, kernels: nil)
      try record(job, log)
      try folder?.write(hit.model, to: path)
      events.note(note)
      return Trained(network: found.network, model: hit.model, parts: found.parts, isCached: true)
    }
    let trainer = try Trainer(job, on: context.machine.backend)
    var parts = try resume(trainer)
    if parts.isEmpty || !trainer.isFinished && parts.last != computation { parts.append(computation) }
    log = try train(trainer, parts, title: task.title)
    let model = try ModelFile.serialized(job, trainer.result, computedBy: parts)
    if let folder {
      try folder.write(model, to: folder.model(job.name, seed: job.seed))
      folder.removeCheckpoint()
    }
    // Other runs find it by this build and its kernels, so that these must have computed all of it.
    if task.noteWhenCached != nil, context.build != nil, parts == [computation] {
      context.baselines?.store(job, kernels: kernels, model: model, history: trainer.history)
    }
    return Trained(network: trainer.result, model: model, parts: parts, isCached: false)
  }

  /// The last epoch of a training, where one is logged.
  func lastEpoch(of job: TrainingJob) -> EpochRecord? { log.last { $0.isOf(job) } }

  private func epochs(ofOthersThan job: TrainingJob) -> [EpochRecord] { log.filter { !$0.isOf(job) } }

  /// The training whose model is in the folder.
  private func finished(_ job: TrainingJob) throws -> Trained? {
    guard let path = folder?.model(job.name, seed: job.seed), FileManager.default.fileExists(atPath: path) else {
      return nil
    }
    let model = try InputFile.contents(of: path)
    let found = try Self.naming(path) { try ModelFile.load(model, path: path, job: job, kernels: kernelsOfFiles) }
    return Trained(
      network: found.network, model: model, parts: found.parts,
      isCached: log.contains { $0.isOf(job) && $0.cached == true })
  }

  /// Takes up the checkpoint where it is this training's. One of another training of this study, which is finished, is
  /// left behind; any other was made with other data or settings, and is not thrown away.
  ///
  /// - Returns: what computed the part of the training that is done; empty where it begins.
  private func resume(_ trainer: Trainer) throws -> [Computation] {
    let job = trainer.job
    guard let path = folder?.checkpoint, FileManager.default.fileExists(atPath: path) else { return [] }
    let bytes = try InputFile.contents(of: path)
    let (owner, parts) = try Self.naming(path) { try TrainingState.origin(of: bytes, path: path) }
    if let owner, owner != job.fingerprint, fingerprints.contains(owner) { return [] }
    let state = try Self.naming(path) {
      try TrainingState(bytes, path: path, fingerprint: job.fingerprint, kernels: kernelsOfFiles)
    }
    try trainer.restore(state, path: path)
    var isOther = false
    if let build = context.build, let saved = parts.last?.build { isOther = saved != build }
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
  /// - Returns: the epochs of all trainings.
  private func train(_ trainer: Trainer, _ parts: [Computation], title: String) throws -> [EpochRecord] {
    let job = trainer.job
    let others = epochs(ofOthersThan: job)
    let clock = ContinuousClock()
    var saved = clock.now
    // Writing all of a log of thousands of short epochs after each of them would take longer than these.
    var logged: ContinuousClock.Instant?
    events.began(title, job.steps, "steps", trainer.step)
    defer { events.ended(trainer.isFinished) }
    // The step that a checkpoint of this sitting or the last one stands at.
    var savedStep = trainer.step
    while !trainer.isFinished {
      var due = false
      try trainer.run(
        Trainer.Monitor(
          stepped: { step, loss in
            events.advanced(step, .loss(Double(loss)))
            due = folder != nil && clock.now - saved >= .seconds(options.checkpointInterval)
          },
          finishedEpoch: { _ in
            if let last = logged, clock.now - last < .seconds(1) { return }
            try record(job, others + trainer.history)
            logged = clock.now
          },
          shouldStop: { due || events.shouldStop() }))
      if let folder, events.shouldStop() || (due && !trainer.isFinished), savedStep != trainer.step {
        try folder.write(
          try trainer.state.serialized(fingerprint: job.fingerprint, computedBy: parts), to: folder.checkpoint)
        (saved, savedStep) = (clock.now, trainer.step)
      }
      if events.shouldStop() {
        try record(job, others + trainer.history)
        throw Interrupted()
      }
    }
    let log = others + trainer.history
    try record(job, log)
    return log
  }

  /// Writes down the epochs, of which those of this training are new.
  private func record(_ job: TrainingJob, _ log: [EpochRecord]) throws {
    guard let folder else { return }
    try folder.writeLog(log)
    if options.writesEvents { try folder.writeEvents(log.filter { $0.isOf(job) }) }
  }
}

extension EpochRecord {
  fileprivate func isOf(_ job: TrainingJob) -> Bool { name == job.name && seed == job.seed }
}
