package import Evaluation
import Foundation

/// Training and inference throughput of one network, and the memory that training takes.
package struct NetworkMeasurement: Codable, Equatable, Sendable {
  package let model: String
  package let input: String
  package let batch: Int
  /// Seconds of a step (forward, loss, backward, update) and of a test batch.
  package let training: Timing
  package let inference: Timing
  package let trainingImagesPerSecond: Double
  package let inferenceImagesPerSecond: Double
  /// Three passes over the convolutions: forward, data gradient, weight gradient; an operation is an add or a multiply.
  package let trainingGigaflopsPerSecond: Double
  /// The process's largest resident set after training, in megabytes of 10^6 bytes.
  package let trainingPeakMegabytes: Double
}

extension NetworkMeasurement {
  package init(_ workload: Workload, rounds: Int, on machine: Machine) {
    let step = TrainingStep(workload, on: machine)
    let training = Timing.measure(rounds: rounds) { step.run() }
    let peak = Self.peakMegabytes
    let test = step.inference(on: machine)
    let inference = Timing.measure(rounds: rounds) { test.forward() }
    let batch = Double(workload.batch)
    self.init(
      model: workload.model, input: workload.plan.input.shape.description, batch: workload.batch, training: training,
      inference: inference, trainingImagesPerSecond: batch / training.median,
      inferenceImagesPerSecond: batch / inference.median,
      trainingGigaflopsPerSecond: 6 * Double(workload.plan.multiplyAdds) * batch / training.median / 1e9,
      trainingPeakMegabytes: peak)
  }

  private static var peakMegabytes: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024 / 1e6
  }

  package static func text(_ measurements: [NetworkMeasurement]) -> String {
    var table = Columns([
      "network", "input", "batch", "training images/s", "GFLOP/s", "inference images/s", "peak MB",
    ])
    for one in measurements {
      table.add([
        one.model, one.input, "\(one.batch)", Columns.number(one.trainingImagesPerSecond),
        Columns.number(one.trainingGigaflopsPerSecond), Columns.number(one.inferenceImagesPerSecond),
        Columns.number(one.trainingPeakMegabytes),
      ])
    }
    return table.text
  }
}
