internal import Datasets
import Foundation
package import Kernels
internal import Networks
package import Training

/// The memory that a study's largest training takes, or the test behind it, so that a run that cannot fit ends before it begins.
package struct MemoryDemand {
  private let training: Int
  private let testing: Int
  private let batchSize: Int

  package init(_ study: Study, on processor: Processor) {
    // Seeds change no size.
    let jobs = study.entries.compactMap(\.trainings.first)
    training = jobs.map { Self.training($0, on: processor) }.max() ?? 0
    testing = jobs.map { Evaluator.footprint($0.plan, on: processor) }.max() ?? 0
    batchSize = jobs.first?.recipe.batchSize ?? 0
  }

  /// The bytes of a trainer: the network laid out for a batch, its average or slow weights where there are some, and a
  /// batch's images before they are mixed.
  package static func training(_ job: TrainingJob, on processor: Processor) -> Int {
    let (plan, batch) = (job.plan, job.order.batchSize)
    let step = Footprint(
      plan, batch: batch, mode: .training, threads: processor.pool.threads, format: processor.format)
    let averages = job.recipe.emaDecay > 0 || job.recipe.lookahead.every > 0
    let second = averages ? step.parameters + plan.statisticCount * MemoryLayout<Float>.stride : 0
    let unmixed = job.recipe.augmentation.mixes ? batch * plan.input.shape.count * MemoryLayout<Float>.stride : 0
    return step.total + second + unmixed
  }

  /// - Throws: `UsageError.message` when it is more than the machine has.
  package func check(against memory: Int = AvailableMemory.total) throws {
    if training > memory {
      throw Self.error(
        "A training step at batch \(batchSize)", training, memory,
        "Choose a smaller --batch-size, a smaller --model or smaller images (--input).")
    }
    if testing > memory { throw Self.error("Testing", testing, memory, "Choose smaller images (--input).") }
  }

  /// The same for a network that is only tested.
  static func check(testing plan: Plan, on processor: Processor) throws {
    let memory = AvailableMemory.total
    let bytes = Evaluator.footprint(plan, on: processor)
    if bytes > memory { throw error("Testing", bytes, memory, "Choose smaller images (--input).") }
  }

  private static func error(_ what: String, _ bytes: Int, _ memory: Int, _ remedy: String) -> UsageError {
    func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
    return .message("\(what) takes \(gigabytes(bytes)) of memory, and this machine has \(gigabytes(memory)). \(remedy)")
  }
}
