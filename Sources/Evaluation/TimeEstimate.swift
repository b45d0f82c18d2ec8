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
  /// whose models are in the folder already are not counted; nil where there is nothing left to train.
  ///
  /// - Throws: what `Study.jobs` and `Trainer` throw.
  package init?(_ study: Study, _ experiment: Experiment, folder: RunFolder, machine: Machine) throws {
    let jobs = try study.jobs(experiment).filter {
      !FileManager.default.fileExists(atPath: folder.model($0.name, seed: $0.seed))
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
      trainer.network, few, normalization: longest.normalization, on: machine.processor)
    let perImage = (clock.now - testStart).inSeconds / Double(max(few.count, 1))
    trainings = jobs.count
    secondsPerStep = perStep
    let perTrainingImage = perStep / Double(longest.order.batchSize)
    seconds = jobs.reduce(0) {
      $0 + perTrainingImage * Double($1.steps * $1.order.batchSize) + perImage * Double(study.test.count)
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
