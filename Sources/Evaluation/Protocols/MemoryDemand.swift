internal import Datasets
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

  /// - Throws: `UsageError` when it is more than the machine has.
  package func check(against memory: Int = AvailableMemory.total) throws {
    if training > memory {
      throw UsageError.memoryOfTraining(training, batchSize: batchSize, available: memory)
    }
    if testing > memory { throw UsageError.memoryOfTesting(testing, available: memory) }
  }

  /// The same for a network that is only tested.
  static func check(testing plan: Plan, on processor: Processor) throws {
    let memory = AvailableMemory.total
    let bytes = Evaluator.footprint(plan, on: processor)
    if bytes > memory { throw UsageError.memoryOfTesting(bytes, available: memory) }
  }
}
