internal import Kernels
internal import Metrics

/// The real side of a comparison. What several sets of samples need of it is computed once, when first needed.
final class ReferenceSet {
  let set: FeatureSet
  /// The generator's training images.
  let training: FeatureSet
  private let pool: ThreadPool
  private let neighbours: Int
  private var kept: (statistics: FeatureStatistics?, root: GaussianRoot?, radii: [Double]?, within: NearestNeighbours?)

  init(_ set: FeatureSet, training: FeatureSet?, neighbours: Int, pool: ThreadPool) {
    self.set = set
    self.training = training ?? set
    self.neighbours = neighbours
    self.pool = pool
    kept = (set.features == nil ? set.statistics : nil, nil, nil, nil)
  }

  func statistics() throws -> FeatureStatistics {
    if let known = kept.statistics { return known }
    guard let features = set.features else { throw MetricError.tooFew(metric: "a covariance", rows: 0, needed: 2) }
    let computed = try FeatureSetError.naming(set) { try FeatureStatistics(features, pool: pool) }
    kept.statistics = computed
    return computed
  }

  func root() throws -> GaussianRoot {
    if let known = kept.root { return known }
    let computed = try FeatureSetError.naming(set) {
      if let features = set.features, features.rows <= features.columns {
        return try GaussianRoot(features, pool: pool)
      }
      return try GaussianRoot(try statistics())
    }
    kept.root = computed
    return computed
  }

  /// Computes the root at the same time as another's, each in its own thread.
  func root(beside other: FeatureStatistics) throws -> GaussianRoot {
    guard kept.root == nil, set.features.map({ $0.rows > $0.columns }) ?? true else { return try GaussianRoot(other) }
    let own = try statistics()
    let roots = try GaussianRoot.roots([own, other], pool: pool)
    kept.root = roots[0]
    return roots[1]
  }

  /// Squared distances to the k-th nearest neighbour.
  func radii(_ features: any FeatureSource) throws -> [Double] {
    if let known = kept.radii { return known }
    let computed = try NearestNeighbours(within: features, k: neighbours, pool: pool).squaredRadii
    kept.radii = computed
    return computed
  }

  /// The nearest neighbours within the training images.
  func within(_ features: any FeatureSource) throws -> NearestNeighbours {
    if let known = kept.within { return known }
    let computed = try NearestNeighbours(within: features, k: 1, pool: pool)
    kept.within = computed
    return computed
  }
}
