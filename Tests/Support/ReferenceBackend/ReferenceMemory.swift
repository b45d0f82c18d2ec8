import Networks

/// The numbers of a program's places, no two of which share any, and a record of which ones an operation touches.
struct ReferenceMemory {
  let stores: [Place.Arena: ReferenceStore]
  let batch: Int
  private var maps: [Place: [Float]] = [:]
  /// What was read without having been written before, and what was written, since `forget`.
  private(set) var read: Set<Place> = []
  private(set) var written: Set<Place> = []

  init(stores: [Place.Arena: ReferenceStore], batch: Int) { (self.stores, self.batch) = (stores, batch) }

  mutating func forget() { (read, written) = ([], []) }

  mutating func values(_ place: Place) -> [Double] {
    if !written.contains(place) { read.insert(place) }
    return floats(place).map(Double.init)
  }

  mutating func put(_ values: [Double], at place: Place) {
    written.insert(place)
    set(values.map { Float($0) }, at: place)
  }

  mutating func put(_ values: [Double], at target: GradientTarget) {
    put(target.accumulates ? zip(self.values(target.place), values).map(+) : values, at: target.place)
  }
}

// Without a record.
extension ReferenceMemory {
  /// What was never written is NaN.
  func floats(_ place: Place) -> [Float] {
    guard place.slot != nil else { return store(of: place).read(place.range) }
    return maps[place] ?? Array(repeating: .nan, count: batch * place.shape.count)
  }

  mutating func set(_ values: [Float], at place: Place) {
    guard place.slot != nil else { return store(of: place).write(values, at: place.offset) }
    precondition(values.count == batch * place.shape.count, "a map is written as a whole")
    maps[place] = values
  }

  private func store(of place: Place) -> ReferenceStore {
    guard let store = stores[place.arena] else { preconditionFailure("the program has no such arena") }
    return store
  }

  /// What was hidden.
  struct Hidden {
    fileprivate let maps: [Place: [Float]]
    fileprivate let numbers: [Place.Arena: [Float]]
  }

  /// Makes all numbers NaN but those of some places.
  mutating func hide(allBut places: [Place]) -> Hidden {
    let hidden = Hidden(maps: maps, numbers: stores.mapValues(\.values))
    let kept = places.map { ($0, floats($0)) }
    maps = [:]
    for store in stores.values { store.values = Array(repeating: .nan, count: store.count) }
    for (place, values) in kept { set(values, at: place) }
    return hidden
  }

  /// Brings back all numbers but what has been written since.
  mutating func show(_ hidden: Hidden) {
    let results = written.map { ($0, floats($0)) }
    maps = hidden.maps
    for (arena, store) in stores { store.values = hidden.numbers[arena] ?? store.values }
    for (place, values) in results { set(values, at: place) }
  }
}
