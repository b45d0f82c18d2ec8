package import Evaluation
import Foundation
internal import Networks

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
  /// The passes over the convolutions that training needs: forward, weight gradient, and data gradient but for the first
  /// layer; an operation is an add or a multiply.
  package let trainingGigaflopsPerSecond: Double
  /// The process's largest resident set while this network was trained, in megabytes of 10^6 bytes.
  package let trainingPeakMegabytes: Double
}

extension NetworkMeasurement {
  package init(_ workload: Workload, rounds: Int, on machine: Machine) {
    Self.forgetPeak()
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
      trainingGigaflopsPerSecond: step.executor.program.flops * batch / training.median / 1e9,
      trainingPeakMegabytes: peak)
  }

  /// Lets the system count the largest resident set anew.
  private static func forgetPeak() {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }

  private static var peakMegabytes: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }
    return (kibibytes ?? .nan) * 1024 / 1e6
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

extension Program {
  /// Additions and multiplications of both passes for one image.
  fileprivate var flops: Double { 2 * Double((forward + backward).reduce(0) { $0 + $1.multiplyAdds }) }
}
