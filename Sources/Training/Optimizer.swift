package import Kernels
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

/// Stochastic gradient descent with momentum over the parameter arena, in ranges of equal weight decay.
///
/// v ← μ v + (g + λ w), then w ← w − η v, or w ← w − η (g + λ w + μ v) with Nesterov's look-ahead.
package struct Optimizer: Sendable {
  package let settings: OptimizerSettings
  package let velocity: Arena
  private let groups: [(range: Range<Int>, decays: Bool)]

  package init(_ settings: OptimizerSettings, plan: Plan) {
    self.settings = settings
    velocity = Arena(count: plan.parameterCount)
    var groups: [(range: Range<Int>, decays: Bool)] = []
    for parameter in plan.parameters {
      let decays =
        switch parameter.role {
        case .weight: true
        case .bias: settings.decaysBias
        case .scale, .shift: settings.decaysNormalization
        }
      let range = parameter.offset..<parameter.offset + aligned(parameter.count)
      if let last = groups.last, last.decays == decays, last.range.upperBound == range.lowerBound {
        groups[groups.count - 1].range = last.range.lowerBound..<range.upperBound
      } else {
        groups.append((range, decays))
      }
    }
    self.groups = groups
  }

  /// One update of all parameters from `gradients`, with the learning rate multiplied by `multiplier`.
  package func step(_ parameters: Arena, gradients: Arena, multiplier: Double, on execution: Execution) {
    for group in groups {
      descend(
        parameters, gradients: gradients, velocities: velocity, range: group.range,
        step: DescentStep(
          learningRate: Float(settings.learningRate * multiplier), momentum: Float(settings.momentum),
          weightDecay: group.decays ? Float(settings.weightDecay) : 0, nesterov: settings.nesterov),
        on: execution)
    }
  }
}
