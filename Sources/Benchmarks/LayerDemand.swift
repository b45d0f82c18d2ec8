internal import Kernels
internal import Networks

/// The minimum operations and bytes of the layers of a plan.
///
/// A layer moves its inputs, its output and its parameters once, whatever its kernels do. Data just written come from
/// the nearest memory that holds the layer. Data that the forward pass keeps for the backward pass go to, and come from,
/// the memory that holds the features of the whole step.
struct LayerDemand {
  let memory: Memory
  let limits: MachineLimits
  /// Operations per second, in units of 10^9.
  let peak: Double
  let threads: Int
  /// Slots that some layer's backward pass reads.
  private let kept: Set<Slot>

  init(_ plan: Plan, in memory: Memory, limits: MachineLimits, peak: Double, threads: Int) {
    self.memory = memory
    self.limits = limits
    self.peak = peak
    self.threads = threads
    kept = Set(plan.layers.flatMap { memory.backwardTraffic(of: $0).valuesRead })
  }

  func forward(_ layer: any Layer) -> Demand {
    let traffic = memory.forwardTraffic(of: layer)
    let remembered = traffic.valuesWritten.filter(kept.contains)
    let recent = traffic.valuesRead + traffic.valuesWritten.filter { !kept.contains($0) }
    return demand(flops: flops(layer), recent: bytes(recent) + parameters(layer), remembered: bytes(remembered))
  }

  func backward(_ layer: any Layer) -> Demand {
    let traffic = memory.backwardTraffic(of: layer)
    let hasData = layer.inputs.first.flatMap(memory.gradient) != nil
    let passes = (layer.parameters.contains { $0.rate > 0 } ? 1.0 : 0) + (hasData ? 1 : 0)
    return demand(
      flops: passes * flops(layer),
      recent: bytes(traffic.gradientsRead + traffic.gradientsWritten) + 2 * parameters(layer),
      remembered: bytes(traffic.valuesRead))
  }

  private func demand(flops: Double, recent: Double, remembered: Double) -> Demand {
    let near = bandwidth(holding: recent + remembered)
    let far = bandwidth(holding: Double(memory.features.count * MemoryLayout<Float>.stride))
    return Demand(flops: flops, peak: peak * 1e9, movements: [(recent, near), (remembered, min(near, far))])
  }

  /// Bytes per second of the nearest memory of at least this size.
  private func bandwidth(holding bytes: Double) -> Double {
    limits.bandwidth(holding: Int(bytes), threads: threads).map { $0 * 1e9 } ?? .infinity
  }

  private func bytes(_ slots: [Slot]) -> Double {
    Double(slots.reduce(0) { $0 + memory.batch * $1.shape.count * $1.format(memory.format).bytes })
  }

  private func parameters(_ layer: any Layer) -> Double {
    Double(layer.parameters.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride)
  }

  /// Operations of one forward pass over the batch; multiplications and additions count separately.
  private func flops(_ layer: any Layer) -> Double { 2 * Double(layer.multiplyAdds) * Double(memory.batch) }
}
