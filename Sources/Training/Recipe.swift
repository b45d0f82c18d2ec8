package import Datasets

/// How a network is trained, apart from the data, the seed and the number of steps.
package struct Recipe: Codable, Equatable, Sendable {
  package var epochs: Double = 30
  package var batchSize = 128
  package var optimizer = OptimizerSettings()
  package var schedule = Schedule()
  /// The share of the target that is spread evenly over all classes, 0 to 1 (Szegedy et al. 2016, section 7).
  package var labelSmoothing = 0.0
  package var augmentation = Augmentation(padCrop: 4, flip: true)
  /// The decay per step of an exponential moving average of the weights that is tested in their place; 0 for none.
  package var emaDecay = 0.0
  /// Slow weights that pull the fast ones back; off where `every` is 0.
  package var lookahead = Lookahead()
  /// Start the scale of each block's last normalisation at 0 (Goyal et al. 2017, section 5.1).
  package var zeroLastScale = false

  package init() {}

  package enum CodingKeys: String, CodingKey {
    case epochs, batchSize, optimizer, schedule, labelSmoothing, augmentation, lookahead, zeroLastScale
    case emaDecay = "averaging"
  }
}

/// Slow weights that go a part of the way to the trained ones every few steps, from where training goes on (Zhang et al.
/// 2019, "Lookahead Optimizer"), with a pull that fades out and at last only averages (Jordan 2024, arXiv:2404.00498,
/// section 3.5). They are what is tested.
package struct Lookahead: Codable, Equatable, Sendable {
  /// Steps between two pulls; 0 for none.
  package var every = 0
  /// What one step leaves of the slow weights' distance at the end of training. After a share s of all steps the slow
  /// weights keep decay^every x s³ of themselves.
  package var decay = 0.95

  package init() {}

  /// What the slow weights keep of themselves after `step` of `steps` steps, 0 to 1.
  package func retention(step: Int, of steps: Int) -> Double {
    let share = Double(step) / Double(steps)
    var kept = share * share * share
    for _ in 0..<every { kept *= decay }
    return kept
  }
}
