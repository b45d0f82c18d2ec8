/// Where each slot lies in an arena, so that slots share memory when no moment needs both.
package struct FeatureLayout {
  /// The first float of each slot; nil for a slot that needs no memory.
  package private(set) var offsets: [Int?]
  /// Floats that the arena must hold.
  package private(set) var count = 0

  /// Values: in training each slot lives as long as the backward pass may read it; in inference until its last reader.
  package init(features plan: Plan, batch: Int, purpose: Purpose) {
    offsets = Array(repeating: nil, count: plan.slots.count)
    let end = plan.layers.count
    var last = Array(repeating: 0, count: plan.slots.count)
    for (time, layer) in plan.layers.enumerated() {
      for input in layer.inputs { last[input.index] = max(last[input.index], time) }
      if purpose == .training { for slot in layer.keptForBackward { last[slot.index] = end } }
    }
    last[plan.output.index] = end
    var lifetimes = [Lifetime(slot: plan.input, first: 0, last: last[plan.input.index])]
    for (time, layer) in plan.layers.enumerated() {
      let slot = layer.output
      lifetimes.append(Lifetime(slot: slot, first: time, last: max(time, last[slot.index])))
    }
    place(lifetimes, batch: batch)
  }

  /// Gradients: from the first layer of the backward pass that writes one to the layer that made the slot.
  package init(gradients plan: Plan, batch: Int) {
    offsets = Array(repeating: nil, count: plan.slots.count)
    let layers = Array(plan.layers.reversed())
    var first = Array(repeating: 0, count: plan.slots.count)
    for (time, layer) in layers.enumerated().reversed() {
      for input in layer.inputs { first[input.index] = time }
    }
    first[plan.output.index] = 0
    place(
      layers.enumerated().map { time, layer in
        Lifetime(slot: layer.output, first: first[layer.output.index], last: time)
      }, batch: batch)
  }

  private struct Lifetime {
    let slot: Slot
    let first: Int
    let last: Int
  }

  /// First fit, in the order in which the slots come to life.
  private mutating func place(_ lifetimes: [Lifetime], batch: Int) {
    var placed: [(lifetime: Lifetime, range: Range<Int>)] = []
    let order = lifetimes.enumerated().sorted { ($0.element.first, $0.offset) < ($1.element.first, $1.offset) }
    for (_, lifetime) in order {
      let size = aligned(batch * lifetime.slot.shape.count)
      let neighbours = placed.filter { $0.lifetime.last >= lifetime.first && $0.lifetime.first <= lifetime.last }
        .sorted { $0.range.lowerBound < $1.range.lowerBound }
      var start = 0
      for neighbour in neighbours {
        if start + size <= neighbour.range.lowerBound { break }
        start = max(start, neighbour.range.upperBound)
      }
      offsets[lifetime.slot.index] = start
      placed.append((lifetime, start..<start + size))
      count = max(count, start + size)
    }
  }
}
