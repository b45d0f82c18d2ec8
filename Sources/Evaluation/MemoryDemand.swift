import Foundation
internal import Kernels
internal import Networks
internal import Training

/// The memory that a study's largest training takes, so that a run that cannot fit ends before it begins.
package struct MemoryDemand {
  private let bytes: Int
  private let batchSize: Int

  /// - Throws: `UsageError` when the model is not known.
  package init(_ study: Study, _ experiment: Experiment, machine: Machine) throws {
    let processor = machine.processor
    let footprints = try study.jobs(experiment).map {
      Footprint(
        $0.plan, batch: $0.order.batchSize, purpose: .training, threads: processor.pool.threads,
        format: processor.format
      ).total
    }
    bytes = footprints.max() ?? 0
    batchSize = experiment.training.batchSize
  }

  /// - Throws: `UsageError.message` when it is more than the machine has.
  package func check(against memory: Int = Int(ProcessInfo.processInfo.physicalMemory)) throws {
    guard bytes > memory else { return }
    func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
    throw UsageError.message(
      "A training step at batch \(batchSize) takes \(gigabytes(bytes)) of memory, and this machine has "
        + "\(gigabytes(memory)). Choose a smaller --batch-size, a smaller --model or smaller images (--input).")
  }
}
