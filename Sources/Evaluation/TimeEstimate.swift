import Foundation
internal import Kernels
internal import Metrics
internal import Networks
internal import Training

/// How long a study will take, from a few measured steps.
package struct TimeEstimate: Sendable {
  package let seconds: Double
  package let trainings: Int
  package let secondsPerStep: Double

  /// Trains the study's largest training for some two seconds, tests a few images, and throws both away. Trainings
  /// whose models are in the folder or in the cache are not counted, but all are tested; nil where there is nothing left to
  /// train.
  ///
  /// - Throws: what `Study.jobs` and `Trainer` throw.
  package init?(
    _ study: Study, _ experiment: Experiment, folder: RunFolder, machine: Machine, cache: BaselineCache?
  ) throws {
    let all = try study.jobs(experiment)
    let baselines = Set(study.entries.filter { $0.kind == .baseline }.map(\.label))
    let jobs = all.filter { job in
      !FileManager.default.fileExists(atPath: folder.model(job.name, seed: job.seed))
        && !(baselines.contains(job.name) && cache?.lookup(job, kernels: machine.kernels) != nil)
    }
    guard let longest = jobs.max(by: { ($0.steps * $0.order.batchSize) < ($1.steps * $1.order.batchSize) }) else {
      return nil
    }
    let trainer = try Trainer(longest, on: machine.processor)
    let clock = ContinuousClock()
    // The first step touches all memory for the first time.
    try trainer.run(Trainer.Monitor(shouldStop: { true }))
    let start = clock.now
    try trainer.run(Trainer.Monitor(shouldStop: { clock.now - start > .seconds(2) }))
    let perStep = (clock.now - start).inSeconds / Double(max(trainer.step - 1, 1))
    let few = study.test.selecting(Array(0..<min(study.test.count, 256)))
    let testStart = clock.now
    _ = try Evaluator.predict(
      trainer.network, few, normalization: longest.normalization, flips: experiment.testFlips, on: machine.processor)
    let perImage = (clock.now - testStart).inSeconds / Double(max(few.count, 1))
    trainings = jobs.count
    secondsPerStep = perStep
    let perTrainingImage = perStep / Double(longest.order.batchSize)
    let ganTests = experiment.ganTest ? study.entries.flatMap(study.ganTested).reduce(0) { $0 + $1.samples.count } : 0
    let tested = study.test.count * all.count + ganTests * experiment.seeds
    seconds = jobs.reduce(perImage * Double(tested)) {
      $0 + perTrainingImage * Double($1.steps * $1.order.batchSize)
    }
  }

  /// A sentence for the user.
  package var text: String {
    let step = String(format: secondsPerStep < 0.0995 ? "%.1f ms" : "%.0f ms", secondsPerStep * 1000)
    return "expected time: about \(Self.duration(seconds)) for \(trainings) training\(trainings == 1 ? "" : "s") "
      + "(measured: \(step) a step)"
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
