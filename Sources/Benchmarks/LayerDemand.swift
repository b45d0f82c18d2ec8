internal import Kernels
internal import Networks

/// The operations and the bytes that the layers of a plan need at least.
///
/// A layer moves its inputs, its output and its parameters once, whatever its kernels do. What has just been written
/// comes from the nearest memory that holds all that the layer touches; what the forward pass keeps for the backward
/// pass goes to, and comes back from, the memory that holds the features of the whole step.
struct LayerDemand {
  let memory: Memory
  /// Slots that the backward pass reads.
  let kept: Set<Slot>
  let limits: MachineLimits
  /// Operations a second, in units of 10^9.
  let peak: Double
  let threads: Int

  init(_ plan: Plan, in memory: Memory, limits: MachineLimits, peak: Double, threads: Int) {
    self.memory = memory
    self.limits = limits
    self.peak = peak
    self.threads = threads
    kept = Set(plan.layers.flatMap(\.keptForBackward))
  }

  func forward(_ layer: any Layer) -> Demand {
    var recent = layer.inputs.reduce(parameters(layer)) { $0 + bytes($1) }
    var remembered = 0.0
    if kept.contains(layer.output) { remembered += bytes(layer.output) } else { recent += bytes(layer.output) }
    return demand(flops: flops(layer), recent: recent, remembered: remembered)
  }

  func backward(_ layer: any Layer) -> Demand {
    let remembered = layer.keptForBackward.reduce(0) { $0 + bytes($1) }
    var recent = bytes(layer.output) + 2 * parameters(layer)
    var passes = layer.parameters.isEmpty ? 0.0 : 1
    for (index, input) in layer.inputs.enumerated() where memory.gradient(input) != nil {
      passes += index == 0 ? 1 : 0
      recent += bytes(input) * (memory.accumulates(layer, input: index) ? 2 : 1)
    }
    return demand(flops: passes * flops(layer), recent: recent, remembered: remembered)
  }

  private func demand(flops: Double, recent: Double, remembered: Double) -> Demand {
    let near = bandwidth(holding: recent + remembered)
    let far = bandwidth(holding: Double(memory.features.count * MemoryLayout<Float>.stride))
    return Demand(flops: flops, peak: peak * 1e9, movements: [(recent, near), (remembered, min(near, far))])
  }

  /// Bytes a second of the nearest memory that holds so many.
  private func bandwidth(holding bytes: Double) -> Double {
    limits.bandwidth(holding: Int(bytes), threads: threads).map { $0 * 1e9 } ?? .infinity
  }

  private func bytes(_ slot: Slot) -> Double { Double(memory.batch * slot.shape.count * MemoryLayout<Float>.stride) }

  private func parameters(_ layer: any Layer) -> Double {
    Double(layer.parameters.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride)
  }

  /// Of one forward pass over the batch, a multiplication and an addition counted each.
  private func flops(_ layer: any Layer) -> Double { 2 * Double(layer.multiplyAdds) * Double(memory.batch) }
}
