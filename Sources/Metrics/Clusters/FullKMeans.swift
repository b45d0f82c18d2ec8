internal import Randomness

extension MiniBatchKMeans {
  /// Clusters by Lloyd's algorithm on all points (Lloyd 1982, "Least squares quantization in PCM"), from the same start as
  /// mini-batches: until no point changes its cluster, at most 300 times. A cluster that loses all points stays where it is.
  init(full points: any FeatureSource, clusters: Int, stream: RandomStream) throws {
    var centers = try Self.start(points, clusters: clusters, stream: stream).centers
    let columns = points.columns
    let portion = min(Self.batch, points.rows)
    let block = ClusterBlock(capacity: portion, columns: columns, clusters: clusters)
    var nearest: [Int] = []
    for _ in 0..<Self.mostPasses {
      var sums = [Double](repeating: 0, count: clusters * columns)
      var counts = [Double](repeating: 0, count: clusters)
      var found: [Int] = []
      found.reserveCapacity(points.rows)
      for rows in ranges(of: points.rows, step: portion) {
        try block.load(points, rows)
        _ = block.assign(centers)
        block.add(to: &sums, counts: &counts)
        found.append(contentsOf: block.nearest[..<rows.count])
      }
      if found == nearest { break }
      nearest = found
      for cluster in 0..<clusters where counts[cluster] > 0 {
        for column in 0..<columns {
          centers[cluster * columns + column] = sums[cluster * columns + column] / counts[cluster]
        }
      }
    }
    self.init(centers: centers, clusters: clusters, columns: columns)
  }

  private static let mostPasses = 300
}
