package import Kernels
internal import Randomness

/// A plan with its numbers: the learnable parameters and the running statistics, one arena each.
package struct Network: Sendable {
  package let plan: Plan
  package let parameters: Arena
  package let statistics: Arena

  /// A network whose parameters are still zero and whose statistics are those of an untrained network.
  package init(_ plan: Plan) {
    self.plan = plan
    parameters = Arena(count: plan.parameterCount)
    statistics = Arena(count: plan.statisticCount)
    for statistic in plan.statistics {
      UnsafeMutableBufferPointer(rebasing: statistics.values[statistic.range]).update(repeating: statistic.initial)
    }
  }
}

extension Network {
  /// Whether all parameters and statistics are finite, and no variance is negative.
  package var isSound: Bool {
    parameters.values.allSatisfy(\.isFinite)
      && plan.statistics.allSatisfy { statistic in
        let isVariance = statistic.name.hasSuffix("running_var")
        return statistics.values[statistic.range].allSatisfy { $0.isFinite && ($0 >= 0 || !isVariance) }
      }
  }

  /// Draws every parameter from its initial distribution; tensor number n uses part n of the seed's stream.
  package func initialize(seed: UInt64) {
    let streams = RandomStream(seed: seed, purpose: "initialisation")
    for (index, parameter) in plan.parameters.enumerated() {
      var stream = streams.split(index)
      for element in parameter.range {
        parameters.base[element] =
          switch parameter.initialization {
          case .heNormal(let fan): stream.nextNormal() * (2 / Float(fan)).squareRoot()
          case .uniform(let bound): (2 * stream.nextUniform() - 1) * bound
          case .identity(let bound):
            parameter.identity(at: element - parameter.offset) ?? (2 * stream.nextUniform() - 1) * bound
          case .whitening: 0
          case .constant(let value): value
          }
      }
    }
  }
}

extension Parameter {
  /// The weight of a convolution that hands its input on; nil for the filters that have no channel to hand on.
  fileprivate func identity(at element: Int) -> Float? {
    guard case .convolution(let geometry) = layout else { return nil }
    let (place, filter) = element.quotientAndRemainder(dividingBy: geometry.outputChannels)
    let (tap, channel) = place.quotientAndRemainder(dividingBy: geometry.input.channels)
    guard filter < geometry.input.channels else { return nil }
    let middle = geometry.kernelHeight / 2 * geometry.kernelWidth + geometry.kernelWidth / 2
    return filter == channel && tap == middle ? 1 : 0
  }
}

/// A network laid out in memory for batches of one size.
///
/// Inference at another batch size, or beside training, is another executor over the same network.
package struct Executor: Sendable {
  package let plan: Plan
  package let memory: Memory

  /// - Parameter fusion: what is fused; nil for all that the processor's format and the mode allow.
  package init(
    _ network: Network, batch: Int, mode: Mode, on processor: Processor, fusion: Fusion? = nil
  ) {
    plan = network.plan
    memory = Memory(
      plan: plan, network: network, batch: batch, mode: mode, processor: processor, fusion: fusion)
  }

  /// Where the caller puts the normalised images.
  package var input: Tensor { memory.value(plan.input) }
  package var logits: Tensor { memory.value(plan.output) }
  /// Where the caller puts the loss's derivative by the logits.
  package var logitsGradient: Tensor? { memory.gradient(plan.output) }

  package func forward() { for layer in plan.layers { layer.forward(memory) } }

  /// Fills the gradient arena from the logits' gradient.
  package func backward() { for layer in plan.layers.reversed() { layer.backward(memory) } }
}
