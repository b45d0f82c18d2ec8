internal import Datasets
package import Metrics
package import Training

/// Trains and tests everything in a run's study.
package struct StudyRunner {
  private let run: Run
  private let options: TrainingDriver.Options

  /// What came of one entry: its classifiers' predictions, seed by seed, and the cost of the trainings.
  package struct Outcome {
    package let entry: Study.Entry
    package fileprivate(set) var predictions: [Predictions] = []
    /// The last epoch's record of each training.
    package fileprivate(set) var records: [EpochRecord] = []
    /// What computed each training, part by part.
    package fileprivate(set) var computations: [[Computation]] = []
    /// Whether the trainings were taken from the cache of baselines.
    package fileprivate(set) var cached = false
    /// What a baseline's classifiers say about the images of each synthetic set: the set's name, and seed by seed.
    package fileprivate(set) var ganTests: [(name: String, predictions: [Predictions])]
  }

  package init(_ run: Run, _ options: TrainingDriver.Options = TrainingDriver.Options()) {
    self.run = run
    self.options = options
  }
}

extension StudyRunner {
  /// - Throws: `Interrupted` once the state is saved; `TrainingError`, `CheckpointError`, `FileError`.
  package func outcomes() throws -> [Outcome] {
    let study = run.study
    var driver = TrainingDriver(run.context, folder: run.folder, jobs: study.jobs, options)
    let outcomes = try study.entries.map { entry in
      let tested = run.experiment.ganTest ? study.ganTested(by: entry) : []
      var outcome = Outcome(entry: entry, ganTests: tested.map { (name: $0.name, predictions: []) })
      for job in entry.trainings {
        let place = "\(job.name), seed \(job.seed)"
        let trained = try driver.trained(
          TrainingDriver.Order(
            job: job, title: "Training \(place)",
            noteWhenCached: entry.kind == .baseline
              ? "\(place): the same baseline was trained before, and is taken from the cache." : nil))
        outcome.cached = outcome.cached || trained.isCached
        outcome.computations.append(trained.parts)
        if let epoch = driver.lastEpoch(of: job) { outcome.records.append(epoch) }
        func predict(_ samples: Samples, title: String) throws -> Predictions {
          try run.context.events.stage(title, samples.count, "images") {
            try Evaluator.predict(
              trained.network, samples, normalization: job.normalization, untrained: entry.untrained,
              flips: run.experiment.testFlips, on: run.context.machine.backend,
              progress: {
                run.context.events.advanced($0, "")
                if run.context.events.shouldStop() { throw Interrupted() }
              })
          }
        }
        let predictions = try predict(study.test, title: "Testing \(place)")
        outcome.predictions.append(predictions)
        if let score = RunEvents.Score(job, predictions) { run.context.events.scored(score) }
        for (index, set) in tested.enumerated() {
          outcome.ganTests[index].predictions.append(
            try predict(set.samples, title: "GAN-test of \(set.name), seed \(job.seed)"))
        }
      }
      return outcome
    }
    // One that was left behind when the last model had just been written.
    run.folder.removeCheckpoint()
    return outcomes
  }
}
