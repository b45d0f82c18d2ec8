package import Kernels

/// Where each slot lies in an arena, so that slots share memory when no moment needs both.
package struct FeatureLayout {
  /// The first byte of each slot; nil for a slot that needs no memory.
  package private(set) var offsets: [Int?]
  /// Bytes that the arena must hold, whole cache lines.
  package private(set) var bytes = 0

  package var floats: Int { bytes / MemoryLayout<Float>.stride }

  /// Values: in training each slot lives as long as the backward pass may read it; in inference until its last reader. A
  /// convolution that normalises what it writes has the slot of the normalisation instead of its own.
  package init(features plan: Plan, batch: Int, mode: Mode, format: NumberFormat, fusion: Fusion) {
    offsets = Array(repeating: nil, count: plan.slots.count)
    let end = plan.layers.count
    var last = Array(repeating: 0, count: plan.slots.count)
    for (time, layer) in plan.layers.enumerated() {
      for input in fusion.read(by: layer) { last[input.index] = max(last[input.index], time) }
      if mode != .inference { for slot in fusion.kept(for: layer) { last[slot.index] = end } }
    }
    for slot in plan.kept + [plan.output] { last[slot.index] = end }
    var lifetimes = [Lifetime(slot: plan.input, first: 0, last: last[plan.input.index])]
    for (time, layer) in plan.layers.enumerated() {
      if let normalization = layer as? NormalizationLayer {
        if fusion.absorbs(normalization) || fusion.finishes(normalization) { continue }
      }
      let slot = fusion.finished[layer.name]?.output ?? layer.output
      lifetimes.append(Lifetime(slot: slot, first: time, last: max(time, last[slot.index])))
    }
    place(lifetimes, batch: batch, format: format)
  }

  /// Gradients: from the first layer of the backward pass that writes one to the layer that made the slot. Where a
  /// convolution does a normalisation's backward pass, the gradients on both sides of that share their memory. So do, where
  /// they can, the gradients of a sum and of what was summed, which begin with the same numbers.
  ///
  /// - Parameter reachesImages: whether the images have a gradient too.
  package init(
    gradients plan: Plan, batch: Int, format: NumberFormat, fusion: Fusion, reachesImages: Bool = false
  ) {
    offsets = Array(repeating: nil, count: plan.slots.count)
    let layers = Array(plan.layers.reversed())
    var first = Array(repeating: 0, count: plan.slots.count)
    var end = Array(repeating: 0, count: plan.slots.count)
    for (time, layer) in layers.enumerated().reversed() {
      for input in layer.inputs { first[input.index] = time }
      end[layer.output.index] = time
    }
    first[plan.output.index] = 0
    var shared: [Int: Slot] = [:]
    for layer in layers {
      guard let normalization = fusion.applied[layer.name] else { continue }
      shared[layer.output.index] = normalization.output
      end[normalization.output.index] = end[layer.output.index]
    }
    let fused = Set(shared.values.map(\.index)).union(fusion.applied.values.compactMap { $0.residual?.index })
    let handedOn = Self.handedOn(plan, first: first, end: end, except: fused.union([plan.input.index]))
    for (index, root) in handedOn { end[root] = max(end[root], end[index]) }
    var lifetimes = layers.filter { shared[$0.output.index] == nil && handedOn[$0.output.index] == nil }.map { layer in
      Lifetime(slot: layer.output, first: first[layer.output.index], last: end[layer.output.index])
    }
    if reachesImages {
      lifetimes.append(Lifetime(slot: plan.input, first: first[plan.input.index], last: layers.count))
    }
    place(lifetimes, batch: batch, format: format)
    for (index, slot) in shared { offsets[index] = offsets[slot.index] }
    for (index, root) in handedOn { offsets[index] = offsets[root] }
  }

  /// Slots whose gradients take the memory of another's: those of what a sum adds, if the sum's backward pass is the
  /// first to write them. Nothing may be added to one of those that share memory while another is still needed.
  ///
  /// - Parameters:
  ///   - first: for each slot, the step of the backward pass that writes its gradient first.
  ///   - end: the step that reads it last, that of the layer which made the slot.
  ///   - fixed: slots that keep their memory for other reasons.
  private static func handedOn(_ plan: Plan, first: [Int], end: [Int], except fixed: Set<Int>) -> [Int: Int] {
    let layers = Array(plan.layers.reversed())
    var additions: [Int: [Int]] = [:]
    for (time, layer) in layers.enumerated() {
      for input in layer.inputs where first[input.index] < time { additions[input.index, default: []].append(time) }
    }
    /// Whether all that is added to `one` after `time` is added when `other` is not needed any more.
    func waits(_ one: Int, for other: Int, after time: Int) -> Bool {
      additions[one, default: []].allSatisfy { $0 <= time || $0 > end[other] }
    }
    var roots: [Int: Int] = [:]
    var members: [Int: [Int]] = [:]
    for (time, layer) in layers.enumerated() {
      guard let sum = layer as? SumLayer, sum.first != sum.second else { continue }
      let root = roots[sum.output.index] ?? sum.output.index
      for input in sum.inputs.map(\.index) where first[input] == time && !fixed.contains(input) {
        let others = members[root, default: [root]]
        guard others.allSatisfy({ waits(input, for: $0, after: time) && waits($0, for: input, after: time) }) else {
          continue
        }
        roots[input] = root
        members[root] = others + [input]
      }
    }
    return roots
  }

  private struct Lifetime {
    let slot: Slot
    let first: Int
    let last: Int
  }

  /// First fit, in the order in which the slots come to life.
  private mutating func place(_ lifetimes: [Lifetime], batch: Int, format: NumberFormat) {
    var placed: [(lifetime: Lifetime, range: Range<Int>)] = []
    let order = lifetimes.enumerated().sorted { ($0.element.first, $0.offset) < ($1.element.first, $1.offset) }
    for (_, lifetime) in order {
      let numbers = batch * lifetime.slot.shape.count * lifetime.slot.format(format).bytes
      let size = (numbers + 63) / 64 * 64
      let neighbours = placed.filter { $0.lifetime.last >= lifetime.first && $0.lifetime.first <= lifetime.last }
        .sorted { $0.range.lowerBound < $1.range.lowerBound }
      var start = 0
      for neighbour in neighbours {
        if start + size <= neighbour.range.lowerBound { break }
        start = max(start, neighbour.range.upperBound)
      }
      offsets[lifetime.slot.index] = start
      placed.append((lifetime, start..<start + size))
      bytes = max(bytes, start + size)
    }
  }
}
