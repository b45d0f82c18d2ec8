package import Kernels
package import Networks

/// A backend for comparison: each kernel is its definition as loops over doubles, what is fused is done one after the
/// other, and every place has memory of its own. Maps are rounded to floats between kernels.
///
/// What you give up by using it: about four decimal orders of speed.
package struct ReferenceBackend: Backend {
  package let pool = ThreadPool(threads: 1)
  package let format = NumberFormat.fp32
  private let hidesTheRest: Bool

  /// - Parameter hidesTheRest: whether everything is NaN for an operation but what it declares to read.
  package init(hidesTheRest: Bool = false) { self.hidesTheRest = hidesTheRest }

  package func store(count: Int) -> any Store { ReferenceStore(count: count) }
  package func holds(_ store: any Store) -> Bool { store is ReferenceStore }

  package func executor(for program: Program, of network: Network, batch: Int) -> any Executor {
    ReferenceExecutor(program, of: network, batch: batch, hidesTheRest: hidesTheRest)
  }
}

/// An array of floats.
package final class ReferenceStore: Store, @unchecked Sendable {
  var values: [Float]

  init(count: Int) { values = Array(repeating: 0, count: count) }

  package var count: Int { values.count }
  package func read(_ range: Range<Int>) -> [Float] { Array(values[range]) }
  package func write(_ numbers: [Float], at offset: Int) {
    values.replaceSubrange(offset..<offset + numbers.count, with: numbers)
  }
  package func copy(from other: any Store) { write(other.contents, at: 0) }
}
