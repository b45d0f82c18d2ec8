internal import Kernels

/// A program laid out in arenas, each operation bound to its kernel and operands once.
final class CPUExecutor: Executor, @unchecked Sendable {
  let program: Program
  let batch: Int
  private let memory: CPUMemory
  private let execution: Execution
  private let forwardSteps: [CPUStep]
  private let backwardSteps: [CPUStep]

  init(_ program: Program, network: Network, batch: Int, on processor: Processor) {
    self.program = program
    self.batch = batch
    let memory = CPUMemory(program, network: network, batch: batch)
    let execution = Execution(processor, scratch: program.scratch(batch: batch))
    func steps(_ pass: Pass) -> [CPUStep] {
      program.operations(pass).map { memory.step(for: $0.kernel, on: execution) }
    }
    (self.memory, self.execution) = (memory, execution)
    (forwardSteps, backwardSteps) = (steps(.forward), steps(.backward))
  }

  var gradients: any Store { memory.gradients }

  func run(_ pass: Pass, _ operations: Range<Int>) {
    let steps = pass == .forward ? forwardSteps : backwardSteps
    for index in operations { steps[index]() }
  }

  func fill(_ write: (Tensor) throws -> Void) rethrows { try write(memory.tensor(program.input)) }

  func withValues<Result>(
    of place: Place, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    precondition(
      program.kept.contains(place) || place == program.inputGradient, "the values are not there behind a pass")
    return try body(UnsafeBufferPointer(memory.tensor(place).values))
  }
}

extension CPUExecutor {
  func loss(_ labels: MixedLabels, smoothing: Float, isDifferentiated: Bool) -> Double {
    softmaxCrossEntropy(
      memory.tensor(program.logits), labels: labels, smoothing: smoothing,
      gradient: isDifferentiated ? program.logitsGradient.map(memory.tensor) : nil, on: execution)
  }

  func softmax(into probabilities: UnsafeMutableBufferPointer<Float>) {
    let logits = memory.tensor(program.logits)
    guard let base = probabilities.baseAddress, probabilities.count == logits.count else {
      preconditionFailure("there is not one probability for each logit")
    }
    Kernels.softmax(logits, into: Tensor(base: base, images: batch, shape: logits.shape), on: execution)
  }

  func sgdStep(velocities: any Store, range: Range<Int>, step: SGDStep) {
    Kernels.sgdStep(
      memory.parameters, gradients: memory.gradients, velocities: Arena.of(velocities), range: range, step: step,
      on: execution)
  }

  func average(_ source: any Store, into target: any Store, decay: Float) {
    Kernels.average(Arena.of(source), into: Arena.of(target), range: 0..<source.count, decay: decay, on: execution)
  }

  func isFinite(_ store: any Store) -> Bool { Kernels.isFinite(Arena.of(store), range: 0..<store.count, on: execution) }
}
