internal import Kernels
internal import Randomness

/// A plan with its numbers: the learnable parameters and the running statistics, one store each.
package struct Network: Sendable {
  package let plan: Plan
  package let parameters: any Store
  package let statistics: any Store

  /// A network whose parameters are still zero and whose statistics are those of an untrained network.
  ///
  /// - Parameter backend: where its numbers are; nil for this program's own memory.
  package init(_ plan: Plan, on backend: (any Backend)? = nil) {
    func store(_ count: Int) -> any Store { backend?.store(count: count) ?? Arena(count: count) }
    self.plan = plan
    parameters = store(plan.parameterCount)
    statistics = store(plan.statisticCount)
    for statistic in plan.statistics {
      statistics.write(Array(repeating: statistic.initial, count: statistic.count), at: statistic.offset)
    }
  }

  /// A second network with the same numbers and stores of its own.
  package func copy(on backend: any Backend) -> Network {
    let other = Network(plan, on: backend)
    other.parameters.write(parameters.contents, at: 0)
    other.statistics.write(statistics.contents, at: 0)
    return other
  }
}

extension Network {
  /// Whether all parameters and statistics are finite, and no variance is negative.
  package var isSound: Bool {
    let values = statistics.contents
    return parameters.contents.allSatisfy(\.isFinite)
      && plan.statistics.allSatisfy { statistic in
        let isVariance = statistic.name.hasSuffix("running_var")
        return values[statistic.range].allSatisfy { $0.isFinite && ($0 >= 0 || !isVariance) }
      }
  }

  /// Draws every parameter from its initial distribution; tensor number n uses part n of the seed's stream.
  package func initialize(seed: UInt64) {
    let streams = RandomStream(seed: seed, purpose: "initialisation")
    for (index, parameter) in plan.parameters.enumerated() {
      var stream = streams.split(index)
      let values = (0..<parameter.count).map { element -> Float in
        switch parameter.initialization {
        case .heNormal(let fan): stream.nextNormal() * (2 / Float(fan)).squareRoot()
        case .uniform(let bound): (2 * stream.nextUniform() - 1) * bound
        case .identity(let bound): parameter.identity(at: element) ?? (2 * stream.nextUniform() - 1) * bound
        case .whitening: 0
        case .constant(let value): value
        }
      }
      parameters.write(values, at: parameter.offset)
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
