internal import Kernels

/// Where each feature map and each gradient of one lies in its arena at a batch size, so that they share memory when no
/// operation needs both.
package struct Layout: Sendable {
  /// Bytes of the two arenas, whole cache lines.
  package let featureBytes: Int
  package let gradientBytes: Int
  private let features: [Int?]
  private let gradients: [Int?]

  /// Values live from the operation that writes them to the last that reads them, those that the backward pass reads to
  /// the end of the forward pass; gradients likewise, in an arena of their own.
  package init(_ program: Program, batch: Int) {
    let slots = program.slotCount
    var features = Arena(slots, batch)
    let forward = program.forward
    let isKept = Set(program.kept + program.backward.flatMap(\.reads))
    features.place(
      Self.lifetimes(of: .features, in: forward, before: [program.input], after: isKept))
    var gradients = Arena(slots, batch)
    gradients.place(
      Self.lifetimes(
        of: .featureGradients, in: program.backward, before: [program.logitsGradient].compactMap { $0 },
        after: Set([program.inputGradient].compactMap { $0 })))
    (featureBytes, gradientBytes) = (features.bytes, gradients.bytes)
    (self.features, self.gradients) = (features.offsets, gradients.offsets)
  }

  /// The bytes before a place in the arena of its kind.
  package func offset(of place: Place) -> Int {
    guard let slot = place.slot else { return place.offset * MemoryLayout<Float>.stride }
    guard let offset = place.arena == .features ? features[slot] : gradients[slot] else {
      preconditionFailure("no operation of the program uses the place")
    }
    return offset
  }
}

extension Layout {
  private struct Lifetime {
    let place: Place
    let first: Int
    var last: Int
  }

  /// In the order in which the places come to life.
  private static func lifetimes(
    of arena: Place.Arena, in operations: [Operation], before: [Place], after: Set<Place>
  ) -> [Lifetime] {
    var known: [Place: Int] = [:]
    var lifetimes: [Lifetime] = []
    func use(_ place: Place, at time: Int) {
      guard place.arena == arena else { return }
      if let index = known[place] {
        lifetimes[index].last = time
      } else {
        known[place] = lifetimes.count
        let last = after.contains(place) ? operations.count : time
        lifetimes.append(Lifetime(place: place, first: time, last: last))
      }
    }
    for place in before { use(place, at: 0) }
    for (time, operation) in operations.enumerated() {
      for (place, _) in operation.accesses { use(place, at: time) }
    }
    for place in after {
      if let index = known[place] { lifetimes[index].last = operations.count }
    }
    return lifetimes
  }

  private struct Arena {
    let batch: Int
    var offsets: [Int?]
    var bytes = 0

    init(_ slots: Int, _ batch: Int) {
      self.batch = batch
      offsets = Array(repeating: nil, count: slots)
    }

    /// First fit, in the order in which the places come to life.
    mutating func place(_ lifetimes: [Lifetime]) {
      var placed: [(lifetime: Lifetime, range: Range<Int>)] = []
      for lifetime in lifetimes {
        guard let slot = lifetime.place.slot else { continue }
        let size = (lifetime.place.bytes(batch: batch) + 63) / 64 * 64
        let neighbours = placed.filter { $0.lifetime.last >= lifetime.first && $0.lifetime.first <= lifetime.last }
          .sorted { $0.range.lowerBound < $1.range.lowerBound }
        var start = 0
        for neighbour in neighbours {
          if start + size <= neighbour.range.lowerBound { break }
          start = max(start, neighbour.range.upperBound)
        }
        offsets[slot] = start
        placed.append((lifetime, start..<start + size))
        bytes = max(bytes, start + size)
      }
    }
  }
}

extension Program {
  /// Slots are numbered from 0.
  fileprivate var slotCount: Int {
    let places = (forward + backward).flatMap { $0.accesses.map(\.place) } + [input, logits]
    return 1 + places.reduce(0) { max($0, $1.slot ?? 0) }
  }
}
