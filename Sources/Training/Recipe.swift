package import Datasets

/// How a network is trained, apart from the data, the seed and the number of steps.
package struct Recipe: Codable, Equatable, Sendable {
  package var epochs: Double = 30
  package var batchSize = 128
  package var optimizer = OptimizerSettings()
  package var schedule = Schedule()
  /// The fraction of the target that is spread evenly over all classes, 0 to 1 (Szegedy et al. 2016, section 7).
  package var labelSmoothing = 0.0
  package var augmentation = Augmentation(padCrop: 4, flip: true)
  /// The decay per step of an exponential moving average (EMA) of the weights, which is tested instead; 0 for none.
  package var emaDecay = 0.0
  /// Slow weights that pull the fast ones back; off if `every` is 0.
  package var lookahead = Lookahead()
  /// Start the scale of each block's last normalisation at 0 (Goyal et al. 2017, section 5.1).
  package var zeroLastScale = false

  package init() {}

  package enum CodingKeys: String, CodingKey {
    case epochs, batchSize, optimizer, schedule, labelSmoothing, augmentation, lookahead, zeroLastScale
    case emaDecay = "averaging"
  }
}

/// Slow weights that move part of the way to the trained ones every few steps; training then continues from them (Zhang
/// et al. 2019, "Lookahead Optimizer"). The pull fades out and finally only averages (Jordan 2024, arXiv:2404.00498,
/// section 3.5). The slow weights are tested.
package struct Lookahead: Codable, Equatable, Sendable {
  /// Steps between two pulls; 0 for none.
  package var every = 0
  /// The fraction of themselves that slow weights keep per step at the end of training. After a fraction s of all steps
  /// they keep decay^every x s³ of themselves.
  package var decay = 0.95

  package init() {}

  /// The fraction of themselves that slow weights keep after `step` of `steps` steps, 0 to 1.
  package func retention(step: Int, of steps: Int) -> Double {
    let share = Double(step) / Double(steps)
    var kept = share * share * share
    for _ in 0..<every { kept *= decay }
    return kept
  }
}
