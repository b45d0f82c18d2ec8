/// The metrics of `cas metrics`, one case per family.
package enum MetricFamily: String, Sendable, CaseIterable {
  case fid
  case fidInfinity = "fid-infinity"
  case kid
  case kidSubsets = "kid-subsets"
  case precisionRecall = "precision-recall"
  case densityCoverage = "density-coverage"
  case prd
  case memorisation
  case information = "s"
  case inceptionScore = "is"
  case inceptionScoreInfinity = "is-infinity"

  /// One line for people.
  package var summary: String {
    switch self {
    case .fid: "Fréchet distance of Gaussians fitted to features (FID with Inception's)"
    case .fidInfinity: "its limit for ever more samples (FID∞)"
    case .kid: "squared maximum mean discrepancy over all pairs, unbiased, with its variance"
    case .kidSubsets: "the same over 100 random subsets of 1,000, as it is usually printed"
    case .precisionRecall: "samples in the real manifold, and real images in the samples'"
    case .densityCoverage: "the same by counts: real balls around a sample, real balls with a sample"
    case .prd: "precision and recall of clusters: F₈ (recall), F₁⸝₈ (precision), total variation"
    case .memorisation: "nearest training images: authenticity, copies, ratio of distances"
    case .information: "S(G) = H(y) − H(y|x), the Inception Score without splits and exponential"
    case .inceptionScore: "Inception Score over splits of the shuffled samples"
    case .inceptionScoreInfinity: "its limit for ever more samples (IS∞)"
    }
  }

  /// Whether it needs a classifier's output instead of features.
  package var needsProbabilities: Bool {
    switch self {
    case .information, .inceptionScore, .inceptionScoreInfinity: true
    default: false
    }
  }

  /// Whether reference statistics (mean and covariance) are enough for the real side.
  package var acceptsStatistics: Bool { self == .fid || self == .fidInfinity || needsProbabilities }

  /// The default metrics.
  package static let standard: [MetricFamily] = [
    .fid, .kid, .precisionRecall, .densityCoverage, .prd, .memorisation, .information, .inceptionScore,
  ]
}
