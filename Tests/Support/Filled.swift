package import Kernels
internal import Randomness

/// A tensor that owns its memory, filled with normal random numbers; what tests compute on.
package struct Filled: Sendable {
  package let arena: Arena
  package let tensor: Tensor

  /// `margin` values lie behind the tensor that no kernel may write to.
  package init(
    images: Int, shape: Shape, seed: Int, mean: Float = 0, deviation: Float = 1, margin: Int = 32,
    format: NumberFormat = .fp32
  ) {
    let count = images * shape.count
    arena = Arena(count: count + margin)
    tensor = arena.tensor(atByte: 0, format, images: images, shape: shape)
    var stream = RandomStream(seed: 1, purpose: "test values").split(seed)
    let behind = count * format.bytes / 4..<arena.count
    for index in behind { arena.base[index] = Self.guardValue }
    for index in 0..<count {
      let value = mean + deviation * stream.nextNormal()
      switch format {
      case .fp32: tensor.base[index] = value
      case .bf16: tensor.bf16Base[index] = bf16(value)
      }
    }
  }

  /// `count` values in one row.
  package init(count: Int, seed: Int, mean: Float = 0, deviation: Float = 1, format: NumberFormat = .fp32) {
    self.init(
      images: 1, shape: Shape(height: 1, width: 1, channels: count), seed: seed, mean: mean, deviation: deviation,
      format: format)
  }

  private static let guardValue: Float = 1234.5

  package var base: UnsafeMutablePointer<Float> { arena.base }
  package var floats: [Float] {
    switch tensor.format {
    case .fp32: Array(tensor.values)
    case .bf16: (0..<tensor.count).map { float(tensor.bf16Base[$0]) }
    }
  }
  package var doubles: [Double] { floats.map { Double($0) } }
  package var bits: [UInt32] { floats.map { $0.bitPattern } }
  /// Whether what lies behind the tensor is untouched.
  package var isIntact: Bool {
    ((tensor.count * tensor.format.bytes + 3) / 4..<arena.count).allSatisfy { arena.base[$0] == Self.guardValue }
  }
}

extension Tensor {
  /// Writes `values`, rounded where the tensor holds bf16 numbers.
  package func set(_ values: [Float]) {
    precondition(values.count == count, "a tensor is filled as a whole")
    switch format {
    case .fp32: base.update(from: values, count: count)
    case .bf16: for (index, value) in values.enumerated() { bf16Base[index] = bf16(value) }
    }
  }
}

/// One of the ways in which this machine can compute a convolution.
package struct KernelPath: Sendable, CustomStringConvertible {
  package let set: InstructionSet
  package let choice: KernelChoice

  package var description: String { "\(set.rawValue), \(choice.rawValue)" }

  package static var available: [KernelPath] {
    InstructionSet.available.flatMap { set in KernelChoice.allCases.map { KernelPath(set: set, choice: $0) } }
  }
}

extension Execution {
  package static func test(threads: Int = 1, _ path: KernelPath, scratch: ScratchSize) -> Execution {
    Execution(
      pool: ThreadPool(threads: threads), table: .table(for: path.set), scratch: scratch, choice: path.choice)
  }

  /// An execution for tests.
  package static func test(threads: Int = 1, _ set: InstructionSet, scratch: ScratchSize) -> Execution {
    Execution(pool: ThreadPool(threads: threads), table: .table(for: set), scratch: scratch)
  }
}

/// The largest of |a - b| over the allowed difference of each value; a test passes when it is at most 1.
package func excess(of values: [Float], over reference: [Double], allowed: (Int) -> Double) -> Double {
  guard values.count == reference.count else { return .infinity }
  return values.indices.reduce(0) { largest, index in
    let excess = abs(Double(values[index]) - reference[index]) / allowed(index)
    return excess.isNaN ? .infinity : max(largest, excess)
  }
}

/// The same with one allowed difference relative to the largest reference value, after what rounding a number changes
/// relative to itself.
package func relativeError(of values: [Float], to reference: [Double], rounding: Double = 0) -> Double {
  guard values.count == reference.count else { return .infinity }
  let largest = reference.reduce(1e-30) { max($0, abs($1)) }
  return values.indices.reduce(0) { error, index in
    let difference = abs(Double(values[index]) - reference[index])
    return difference.isNaN ? .infinity : max(error, (difference - rounding * abs(reference[index])) / largest)
  }
}
