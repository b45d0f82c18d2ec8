import Foundation
internal import Kernels
internal import Metrics
internal import Networks
internal import Training

/// How long a study will take, from a few measured steps.
package struct TimeEstimate: Sendable {
  /// The network that describes the images for a run's metrics, which is trained before the study.
  struct Network {
    /// Its training; nil where the images of it have not been read yet.
    let job: TrainingJob?
    let machine: Machine
  }

  /// What the expected time says about that network.
  private enum NetworkShare: Sendable {
    /// There is nothing to train.
    case absent
    case counted(name: String)
    /// It is not known.
    case uncounted
  }

  package let seconds: Double
  /// Those of the study.
  package let trainings: Int
  package let secondsPerStep: Double
  private let network: NetworkShare

  /// Trains the study's largest training for some two seconds, tests a few images, and throws both away; the same for
  /// the metrics' network without a test. Trainings whose models are in the folder or in the cache are not counted, but
  /// all are tested; nil where there is nothing left to train.
  ///
  /// - Throws: what `Trainer` throws.
  package init?(_ run: Run) throws {
    let (study, experiment, machine) = (run.study, run.experiment, run.context.machine)
    func isCached(_ job: TrainingJob, _ machine: Machine) -> Bool {
      run.context.baselines?.lookup(job, kernels: machine.kernels) != nil
    }
    let jobs = study.entries.flatMap { entry in
      entry.trainings.filter { job in
        !FileManager.default.fileExists(atPath: run.folder.model(job.name, seed: job.seed))
          && !(entry.kind == .baseline && isCached(job, machine))
      }
    }
    let network = try MetricsStudy.network(beside: run)
    let longest = jobs.max { ($0.steps * $0.order.batchSize) < ($1.steps * $1.order.batchSize) }
    let described = network.flatMap { network in network.job.flatMap { isCached($0, network.machine) ? nil : $0 } }
    guard longest != nil || described != nil else { return nil }
    var (seconds, secondsPerStep) = (0.0, 0.0)
    if let longest {
      let trainer = try Trainer(longest, on: machine.backend)
      secondsPerStep = try Self.measuredStep(trainer)
      let clock = ContinuousClock()
      let few = study.test.selecting(Array(0..<min(study.test.count, 256)))
      let testStart = clock.now
      _ = try Evaluator.predict(
        trainer.network, few, normalization: longest.normalization, flips: experiment.testFlips, on: machine.backend)
      let perImage = (clock.now - testStart).inSeconds / Double(max(few.count, 1))
      let perTrainingImage = secondsPerStep / Double(longest.order.batchSize)
      let ganTests = experiment.ganTest ? study.entries.flatMap(study.ganTested).reduce(0) { $0 + $1.samples.count } : 0
      let tested = study.test.count * study.jobs.count + ganTests * experiment.seeds
      seconds = jobs.reduce(perImage * Double(tested)) {
        $0 + perTrainingImage * Double($1.steps * $1.order.batchSize)
      }
    }
    if let network, let described {
      let step = try Self.measuredStep(try Trainer(described, on: network.machine.backend))
      seconds += step * Double(described.steps)
      if longest == nil { secondsPerStep = step }
      let epochs = String(format: "%g", described.recipe.epochs)
      self.network = .counted(name: "\(described.architecture.name) over \(epochs) epochs")
    } else {
      self.network = network.map { $0.job == nil } == true ? .uncounted : .absent
    }
    self.seconds = seconds
    self.secondsPerStep = secondsPerStep
    trainings = jobs.count
  }

  /// The seconds of a step, from about two seconds of training.
  private static func measuredStep(_ trainer: Trainer) throws -> Double {
    let clock = ContinuousClock()
    // The first step touches all memory for the first time.
    try trainer.run(Trainer.Monitor(shouldStop: { true }))
    let start = clock.now
    try trainer.run(Trainer.Monitor(shouldStop: { clock.now - start > .seconds(2) }))
    return (clock.now - start).inSeconds / Double(max(trainer.step - 1, 1))
  }

  /// A sentence for the user.
  package var text: String {
    let step = String(format: secondsPerStep < 0.0995 ? "%.1f ms" : "%.0f ms", secondsPerStep * 1000)
    var what = "\(trainings) training\(trainings == 1 ? "" : "s")"
    var rest = ""
    switch network {
    case .absent: break
    case .counted(let name):
      what = (trainings > 0 ? "\(what) and that" : "the training") + " of the metrics' network, \(name)"
    case .uncounted: rest = "; the training of the metrics' network comes on top, unless it was trained before"
    }
    return "expected time: about \(Self.duration(seconds)) for \(what) (measured: \(step) a step)\(rest)"
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(max(1, Int(seconds.rounded()))) s"
    case ..<5400: "\(Int((seconds / 60).rounded())) min"
    case ..<172_800: String(format: "%.1f h", seconds / 3600)
    default: String(format: "%.1f days", seconds / 86_400)
    }
  }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
