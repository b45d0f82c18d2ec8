package import Kernels

/// Where each slot lies in an arena, so that slots share memory when no moment needs both.
package struct FeatureLayout {
  /// The first byte of each slot; nil for a slot that needs no memory.
  package private(set) var offsets: [Int?]
  /// Bytes that the arena must hold, whole cache lines.
  package private(set) var bytes = 0

  package var floats: Int { bytes / MemoryLayout<Float>.stride }

  /// Values: in training each slot lives as long as the backward pass may read it; in inference until its last reader.
  package init(features plan: Plan, batch: Int, purpose: Purpose, format: NumberFormat) {
    offsets = Array(repeating: nil, count: plan.slots.count)
    let fusion = plan.fusion(format)
    let end = plan.layers.count
    var last = Array(repeating: 0, count: plan.slots.count)
    for (time, layer) in plan.layers.enumerated() {
      for input in fusion.read(by: layer) { last[input.index] = max(last[input.index], time) }
      if purpose != .inference { for slot in fusion.kept(for: layer) { last[slot.index] = end } }
    }
    for slot in plan.kept + [plan.output] { last[slot.index] = end }
    var lifetimes = [Lifetime(slot: plan.input, first: 0, last: last[plan.input.index])]
    for (time, layer) in plan.layers.enumerated() {
      if let normalization = layer as? NormalizationLayer, fusion.absorbs(normalization) { continue }
      lifetimes.append(Lifetime(slot: layer.output, first: time, last: max(time, last[layer.output.index])))
    }
    place(lifetimes, batch: batch, format: format)
  }

  /// Gradients: from the first layer of the backward pass that writes one to the layer that made the slot. Where a
  /// convolution does a normalisation's backward pass, the gradients on both sides of that share their memory.
  ///
  /// - Parameter reachesImages: whether the images have a gradient too.
  package init(gradients plan: Plan, batch: Int, format: NumberFormat, reachesImages: Bool = false) {
    offsets = Array(repeating: nil, count: plan.slots.count)
    let fusion = plan.fusion(format)
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
    var lifetimes = layers.filter { shared[$0.output.index] == nil }.map { layer in
      Lifetime(slot: layer.output, first: first[layer.output.index], last: end[layer.output.index])
    }
    if reachesImages {
      lifetimes.append(Lifetime(slot: plan.input, first: first[plan.input.index], last: layers.count))
    }
    place(lifetimes, batch: batch, format: format)
    for (index, slot) in shared { offsets[index] = offsets[slot.index] }
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
