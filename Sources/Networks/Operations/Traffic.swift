/// What some operations move at least, together: each place that they read once, and each that they write once.
package struct Traffic: Sendable {
  package private(set) var reads: Set<Place> = []
  package private(set) var writes: Set<Place> = []

  package init(_ operations: some Sequence<Operation>) {
    for (place, access) in operations.lazy.flatMap(\.accesses) {
      if access.reads { reads.insert(place) }
      if access.writes { writes.insert(place) }
    }
  }

  /// The bytes of the places that `counts` picks, for a batch.
  package func bytes(batch: Int, _ counts: (Place, _ isWritten: Bool) -> Bool) -> Int {
    func bytes(_ places: Set<Place>, isWritten: Bool) -> Int {
      places.reduce(0) { counts($1, isWritten) ? $0 + $1.bytes(batch: batch) : $0 }
    }
    return bytes(reads, isWritten: false) + bytes(writes, isWritten: true)
  }
}

extension Place {
  /// The bytes that it takes for a batch.
  package func bytes(batch: Int) -> Int { (slot == nil ? 1 : batch) * shape.count * format.bytes }
}
