package import Kernels

/// What computes: it holds blocks of floats and runs programs. `docs/architecture.md` says what a new one provides.
package protocol Backend: Sendable {
  /// The host's threads, for work on images before a batch and on numbers behind it.
  var pool: ThreadPool { get }
  /// The format in which feature maps are kept.
  var format: NumberFormat { get }

  /// A block of `count` floats, all zero.
  func store(count: Int) -> any Store
  /// Whether a store is one of this backend's.
  func holds(_ store: any Store) -> Bool
  /// Something that runs a program on the numbers of a network whose stores are this backend's.
  func executor(for program: Program, of network: Network, batch: Int) -> any Executor
}

/// One block of floats that a backend holds.
package protocol Store: AnyObject, Sendable {
  var count: Int { get }
  func read(_ range: Range<Int>) -> [Float]
  func write(_ values: [Float], at offset: Int)
  /// Takes over all numbers of another store of the same backend and size.
  func copy(from other: any Store)
}

extension Store {
  /// All numbers, copied to the host.
  package var contents: [Float] { read(0..<count) }
}

/// A program laid out in a backend's memory for batches of one size, with the arenas that it needs besides the network's.
///
/// What you give up by using it: nothing of it may be called by two threads at once, and feature maps share memory wherever
/// their lifetimes allow it, so that only the places of `program.kept` can be read after a pass.
package protocol Executor: Sendable {
  var program: Program { get }
  var batch: Int { get }
  /// The parameters' gradients at the parameters' places; empty without training.
  var gradients: any Store { get }

  /// Hands out memory of the host for a batch's images in the backend's format, and takes over what was written there.
  func fill(_ write: (Tensor) throws -> Void) rethrows
  /// Runs some operations of one of the program's lists, in their order.
  func run(_ pass: Pass, _ operations: Range<Int>)
  /// Calls `body` with the floats of a place that is kept, or of the images' gradient behind a backward pass.
  func withValues<Result>(
    of place: Place, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result

  /// The mean cross-entropy of the logits' softmax, as `softmaxCrossEntropy` has it. Writes its gradient to the logits'
  /// where `isDifferentiated`.
  func loss(_ labels: MixedLabels, smoothing: Float, isDifferentiated: Bool) -> Double
  /// Writes the softmax of each image's logits to memory of the host.
  func softmax(into probabilities: UnsafeMutableBufferPointer<Float>)

  /// One step of gradient descent on a range of the network's parameters, from the gradients.
  func sgdStep(velocities: any Store, range: Range<Int>, step: SGDStep)
  /// target = decay target + (1 - decay) source.
  func average(_ source: any Store, into target: any Store, decay: Float)
  /// Whether no number of a store is infinite or NaN.
  func isFinite(_ store: any Store) -> Bool
}

extension Executor {
  package func forward() { run(.forward, program.forward.indices) }
  /// From the logits' gradient to all that the program wants.
  package func backward() { run(.backward, program.backward.indices) }

  package var logits: [Float] { withValues(of: program.logits, Array.init) }

  package func loss(_ labels: [Int32], smoothing: Float = 0, isDifferentiated: Bool = true) -> Double {
    labels.withUnsafeBufferPointer {
      loss(MixedLabels(first: $0, second: $0, share: 1), smoothing: smoothing, isDifferentiated: isDifferentiated)
    }
  }
}

extension Backend {
  /// A network laid out in memory for batches of one size. Inference at another batch size, or beside training, is another
  /// executor of the same network. A network whose stores are another backend's is copied, so it cannot be trained.
  ///
  /// - Parameter rules: what is fused; nil for all that the format and the mode allow.
  package func executor(
    _ network: Network, batch: Int, mode: Mode, rules: [FusionRule]? = nil
  ) -> any Executor {
    precondition(batch > 0, "a batch holds at least one image")
    let isHere = holds(network.parameters) && holds(network.statistics)
    precondition(isHere || mode != .training, "a network is trained where its numbers are")
    return executor(
      for: Program(network.plan, mode: mode, format: format, rules: rules),
      of: isHere ? network : network.copy(on: self), batch: batch)
  }
}
