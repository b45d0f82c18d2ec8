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
  package var averaging = 0.0
  /// Start the scale of each block's last normalisation at 0 (Goyal et al. 2017, section 5.1).
  package var zeroLastScale = false

  package init() {}
}
