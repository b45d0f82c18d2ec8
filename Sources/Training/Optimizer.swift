internal import Kernels
package import Networks

/// The settings of stochastic gradient descent with momentum, as PyTorch's `SGD` defines them.
package struct OptimizerSettings: Codable, Equatable, Sendable {
  package var learningRate = 0.1
  package var momentum = 0.9
  package var nesterov = true
  package var weightDecay = 5e-4
  /// Whether weight decay also pulls on the scale and shift of batch normalisations.
  package var decaysNormalization = false
  /// Whether weight decay also pulls on the last layer's bias.
  package var decaysBias = true

  package init() {}
}

/// Stochastic gradient descent with momentum over the parameters' store, in ranges of equal weight decay and rate.
///
/// v ← μ v + (r g + λ w), then w ← w − η v, or w ← w − η (r g + λ w + μ v) with Nesterov's look-ahead, r the parameter's
/// own factor, which is 1 for most. Where it is not, the velocity is kept divided by it.
package struct Optimizer: Sendable {
  package let settings: OptimizerSettings
  package let velocity: any Store
  private let groups: [Group]

  private struct Group {
    var range: Range<Int>
    let decays: Bool
    let rate: Double
  }

  /// - Parameter backend: where the parameters are.
  package init(_ settings: OptimizerSettings, plan: Plan, on backend: any Backend) {
    self.settings = settings
    velocity = backend.store(count: plan.parameterCount)
    var groups: [Group] = []
    for parameter in plan.parameters where parameter.rate > 0 {
      let decays =
        switch parameter.role {
        case .weight: true
        case .bias: settings.decaysBias
        case .scale, .shift: settings.decaysNormalization
        }
      let range = parameter.offset..<parameter.offset + aligned(parameter.count)
      let rate = Double(parameter.rate)
      if let last = groups.last, last.decays == decays, last.rate == rate, last.range.upperBound == range.lowerBound {
        groups[groups.count - 1].range = last.range.lowerBound..<range.upperBound
      } else {
        groups.append(Group(range: range, decays: decays, rate: rate))
      }
    }
    self.groups = groups
  }

  /// One update of all parameters from the executor's gradients, with the learning rate multiplied by `multiplier`.
  package func step(_ executor: any Executor, multiplier: Double) {
    for group in groups {
      executor.sgdStep(
        velocities: velocity, range: group.range,
        step: SGDStep(
          learningRate: Float(settings.learningRate * multiplier * group.rate), momentum: Float(settings.momentum),
          weightDecay: group.decays ? Float(settings.weightDecay / group.rate) : 0, nesterov: settings.nesterov))
    }
  }
}
