import Foundation

/// The learning rate as a function of the step: a linear warm-up, then a decay.
///
/// Milestones and warm-up are given in epochs of the recipe and scale with the number of steps, so all
/// trainings of a run have the same schedule, whatever the size of their training sets.
package struct Schedule: Codable, Equatable, Sendable {
  package enum Decay: String, Codable, Sendable, CaseIterable {
    case constant, step, cosine, linear
  }

  package var decay: Decay = .cosine
  /// Epochs of linear warm-up from `start`; step t of w has gone (t + 1) / w of the way to the learning rate.
  package var warmupEpochs: Double = 1
  /// The fraction of the learning rate at which the warm-up starts.
  package var start: Double = 0
  /// The fraction of the learning rate at which `cosine` and `linear` end.
  package var end: Double = 0
  /// Epochs at which `step` multiplies the rate by `factor`.
  package var milestones: [Double] = []
  package var factor: Double = 0.1

  package init() {}

  package init(decay: Decay, warmupEpochs: Double = 0, milestones: [Double] = [], factor: Double = 0.1) {
    self.decay = decay
    self.warmupEpochs = warmupEpochs
    self.milestones = milestones
    self.factor = factor
  }
}

extension Schedule {
  /// The factor on the learning rate at `step` (from 0) of `steps`, which stand for `epochs` epochs.
  package func multiplier(step: Int, of steps: Int, epochs: Double) -> Double {
    let warmup = scaled(warmupEpochs, of: steps, epochs: epochs)
    if step < warmup { return start + (1 - start) * Double(step + 1) / Double(warmup) }
    let progress = Double(step - warmup) / Double(max(1, steps - warmup))
    switch decay {
    case .constant: return 1
    case .cosine: return end + (1 - end) * 0.5 * (1 + cos(Double.pi * progress))
    case .linear: return end + (1 - end) * (1 - progress)
    case .step:
      let passed = milestones.filter { step >= scaled($0, of: steps, epochs: epochs) }.count
      return pow(factor, Double(passed))
    }
  }

  private func scaled(_ epoch: Double, of steps: Int, epochs: Double) -> Int {
    // No training has 10^15 steps, and a larger quotient may not be an Int.
    epochs > 0 ? Int(min((epoch / epochs * Double(steps)).rounded(), 1e15)) : 0
  }
}
