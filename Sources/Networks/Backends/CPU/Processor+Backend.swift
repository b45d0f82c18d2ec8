package import Kernels

/// The machine's own processor: stores are arenas, and operations call the kernels.
extension Processor: Backend {
  package func store(count: Int) -> any Store { Arena(count: count) }

  package func holds(_ store: any Store) -> Bool { store is Arena }

  package func executor(for program: Program, of network: Network, batch: Int) -> any Executor {
    CPUExecutor(program, network: network, batch: batch, on: self)
  }
}

extension Arena: Store {
  package func read(_ range: Range<Int>) -> [Float] { Array(values[range]) }

  package func write(_ numbers: [Float], at offset: Int) {
    precondition(offset >= 0 && offset + numbers.count <= count, "the numbers do not fit into the arena")
    _ = UnsafeMutableBufferPointer(rebasing: values[offset...]).update(fromContentsOf: numbers)
  }

  package func copy(from other: any Store) { copy(from: Arena.of(other)) }

  /// A store of this backend.
  static func of(_ store: any Store) -> Arena {
    guard let arena = store as? Arena else { preconditionFailure("the store is another backend's") }
    return arena
  }
}
