internal import Datasets
package import Evaluation
internal import Kernels
internal import Randomness

/// What it costs to feed a training: a step on a fixed batch in memory against a step that first fills its batch with
/// new images, cut out at random and flipped.
package struct PipelineMeasurement: Codable, Equatable, Sendable {
  package let model: String
  package let batch: Int
  /// Seconds of a step with the batch that was there, and with one that was filled for it.
  package let fixed: Timing
  package let filled: Timing
  /// Seconds to fill a batch.
  package let filling: Timing
  /// By how much the step grows: the median over the rounds of filled / fixed - 1.
  package let growth: Double
}

extension PipelineMeasurement {
  package init(_ workload: Workload, rounds: Int, on machine: Machine) {
    let step = TrainingStep(workload, on: machine)
    var feed = Feed(workload, machine)
    func fill() { step.executor.fill { feed.fill($0) } }
    func filledStep() {
      fill()
      step.run()
    }
    filledStep()
    // The rounds take turns, so that a machine whose speed drifts is the same for both. They are many, because a
    // difference of a hundredth is looked for.
    var (fixed, filled): ([Double], [Double]) = ([], [])
    for round in 0..<2 * 4 * rounds {
      if round % 2 == 0 { fixed.append(Timing.elapsed(step.run)) } else { filled.append(Timing.elapsed(filledStep)) }
    }
    model = workload.model
    batch = workload.batch
    self.fixed = Timing(fixed)
    self.filled = Timing(filled)
    filling = Timing.measure(rounds: rounds, fill)
    growth = Timing(zip(filled, fixed).map { $0 / $1 - 1 }).median
  }

  /// Images as a training has them, in an order of their own.
  private struct Feed {
    private let assembler: BatchAssembler
    private let pool: ThreadPool
    private var order: BatchSampler
    private var step = 0

    init(_ workload: Workload, _ machine: Machine) {
      let shape = workload.plan.input.shape
      let count = 32 * workload.batch
      // More images than the second-level caches hold; what they show does not matter.
      let pixels = (0..<count * shape.count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
      let samples = Samples(
        classNames: ["image"], shape: shape, pixels: pixels, labels: Array(repeating: 0, count: count),
        members: (0..<count).map(String.init), origin: Samples.Origin(path: "benchmark"))
      let channels = Array(repeating: Float(0.5), count: shape.channels)
      assembler = BatchAssembler(
        samples: samples, normalization: Normalization(mean: channels, deviation: channels),
        augmentation: Augmentation(padCrop: 4, flip: true),
        stream: RandomStream(seed: 1, purpose: "augmentation"))
      order = BatchSampler(count: count, batchSize: workload.batch, seed: 1)
      pool = machine.processor.pool
    }

    mutating func fill(_ target: Tensor) {
      let batch = order.batch(atStep: step)
      _ = assembler.labels(of: batch)
      do { try assembler.fill(target, with: batch, pool: pool) } catch {
        preconditionFailure("samples in memory are there")
      }
      step += 1
    }
  }
}

extension PipelineMeasurement {
  package var text: String {
    let (step, fill) = (Columns.number(1000 * fixed.median), Columns.number(1000 * filling.median))
    return "input pipeline, \(model), batch \(batch): filling a batch takes \(fill) ms, "
      + "\(Columns.percent(filling.median / fixed.median)) of a step's \(step) ms; "
      + "steps with it were \(Columns.percent(growth)) longer"
  }
}
