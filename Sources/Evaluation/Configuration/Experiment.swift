package import Datasets
package import Kernels
package import Training

/// Everything besides the data that determines a run's numbers: the typed form of config.yaml.
///
/// A preset or a user's file states only what differs from these defaults.
package struct Experiment: Codable, Equatable, Sendable {
  /// A name of `Architecture.names`.
  package var model = "resnet20"
  /// The side that all images are resized to; nil keeps their size.
  package var input: Int?
  /// How images are made square: `squash`, `crop` or `crop-inner`.
  package var resize: String?
  /// Whether JPEGs that will be shrunk are decoded completely, or at 1/2, 1/4 or 1/8 of their size.
  package var decode = LoadOptions.Decoding.exact
  /// `training` (each training set's own mean and deviation), `imagenet`, or `MEAN,…/DEVIATION,…` in units of 0 to 1.
  package var normalization = "training"
  package var training = Recipe()
  package var budget: Budget = .steps
  /// Training steps of every training; nil derives them from the epochs.
  package var steps: Int?
  /// The size of the baseline: the synthetic set's class counts, the whole real training set, or no baseline.
  package var baseline: BaselineSize = .matched
  /// At most this many images per class, of synthetic and baseline sets alike.
  package var perClass: Int?
  /// Whether a synthetic set is drawn to the real training set's class counts.
  package var matchLabelCounts = false
  /// How often the images of each class are shown.
  package var weighting = Weighting.none
  package var allowMissingClasses = false
  /// Whether an image's probabilities are the mean of its own and its mirror image's; not the paper's single crop.
  package var testFlips = false
  /// Whether the baseline's classifiers are tested on the synthetic images too.
  package var ganTest = true
  /// The number of independent trainings; training k has the seed `seed + k`.
  package var seeds = 1
  package var seed: UInt64 = 0
  package var precision: Precision = .auto
  package var kernels = KernelChoice.auto

  package init() {}

  package enum Budget: String, Codable, Sendable, CaseIterable {
    /// All trainings of a run take the same number of steps.
    case steps
    /// Every training passes over its own set the same number of times.
    case epochs
  }

  package enum Weighting: String, Codable, Sendable, CaseIterable {
    /// Every image once per epoch.
    case none
    /// Every class equally often.
    case balanced
    /// Every class in its share of the real training set, or of the real test set without one.
    case real
  }

  package enum BaselineSize: String, Codable, Sendable, CaseIterable { case matched, full, none }
  package enum Precision: String, Codable, Sendable, CaseIterable { case auto, fp32, bf16 }
}

extension Experiment {
  /// The seeds of the trainings.
  package var seedRange: [UInt64] { (0..<UInt64(seeds)).map { seed + $0 } }
}
