package import Kernels
package import Networks

/// A program on the reference kernels. It notes what operations touch besides the places that they declare.
package final class ReferenceExecutor: Executor, @unchecked Sendable {
  package let program: Program
  package let batch: Int
  /// A sentence for each operation that read or wrote other places than it declares.
  package private(set) var undeclared: [String] = []
  var memory: ReferenceMemory
  private let hidesTheRest: Bool

  init(_ program: Program, of network: Network, batch: Int, hidesTheRest: Bool) {
    func store(_ store: any Store) -> ReferenceStore {
      guard let store = store as? ReferenceStore else { preconditionFailure("the store is another backend's") }
      return store
    }
    (self.program, self.batch, self.hidesTheRest) = (program, batch, hidesTheRest)
    memory = ReferenceMemory(
      stores: [
        .parameters: store(network.parameters), .statistics: store(network.statistics),
        .gradients: ReferenceStore(count: program.mode == .training ? program.parameterCount : 0),
        .moments: ReferenceStore(count: program.momentCount),
      ], batch: batch)
  }

  package var gradients: any Store { reference(.gradients) }

  private func reference(_ arena: Place.Arena) -> ReferenceStore {
    guard let store = memory.stores[arena] else { preconditionFailure("the program has no such arena") }
    return store
  }

  package func run(_ pass: Pass, _ operations: Range<Int>) {
    for operation in program.operations(pass)[operations] {
      memory.forget()
      let hidden = hidesTheRest ? memory.hide(allBut: operation.reads) : nil
      perform(operation.kernel)
      if let hidden { memory.show(hidden) }
      let (reads, writes) = (memory.read.subtracting(operation.reads), memory.written.subtracting(operation.writes))
      let forgotten = Set(operation.writes).subtracting(memory.written)
      if !(reads.isEmpty && writes.isEmpty && forgotten.isEmpty) {
        undeclared.append("\(operation.name): reads \(reads), writes \(writes), does not write \(forgotten)")
      }
    }
  }

  package func fill(_ write: (Tensor) throws -> Void) rethrows {
    let images = Arena(count: batch * program.input.shape.count)
    try write(images.tensor(at: 0, images: batch, shape: program.input.shape))
    memory.set(Array(images.values), at: program.input)
  }

  package func withValues<Result>(
    of place: Place, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try memory.floats(place).withUnsafeBufferPointer(body)
  }
}

extension ReferenceExecutor {
  package func loss(_ labels: MixedLabels, smoothing: Float, isDifferentiated: Bool) -> Double {
    let (loss, gradient) = Reference.softmaxCrossEntropy(
      memory.values(program.logits), labels: Array(labels.first), second: Array(labels.second),
      share: Double(labels.share), classes: program.logits.shape.count, smoothing: Double(smoothing))
    if isDifferentiated, let place = program.logitsGradient { memory.put(gradient, at: place) }
    return loss
  }

  package func softmax(into probabilities: UnsafeMutableBufferPointer<Float>) {
    let (logits, classes) = (memory.values(program.logits), program.logits.shape.count)
    for image in 0..<batch {
      for (index, value) in Reference.softmax(Array(logits[image * classes..<(image + 1) * classes])).enumerated() {
        probabilities[image * classes + index] = Float(value)
      }
    }
  }

  package func sgdStep(velocities: any Store, range: Range<Int>, step: SGDStep) {
    func doubles(_ store: any Store) -> [Double] { store.read(range).map(Double.init) }
    let parameters = reference(.parameters)
    let (next, speed) = Reference.sgdStep(
      doubles(parameters), gradients: doubles(gradients), velocities: doubles(velocities),
      learningRate: Double(step.learningRate), momentum: Double(step.momentum),
      weightDecay: Double(step.weightDecay), nesterov: step.nesterov)
    parameters.write(next.map { Float($0) }, at: range.lowerBound)
    velocities.write(speed.map { Float($0) }, at: range.lowerBound)
  }

  package func average(_ source: any Store, into target: any Store, decay: Float) {
    let decay = Double(decay)
    target.write(
      zip(target.contents, source.contents).map { Float(decay * Double($0) + (1 - decay) * Double($1)) }, at: 0)
  }

  package func isFinite(_ store: any Store) -> Bool { store.contents.allSatisfy(\.isFinite) }
}
