internal import Foundation
package import Kernels

/// The nearest neighbours of every row, exact: single precision screens all pairs a block at a time, and the pairs that its
/// rounding leaves undecided are computed in double precision.
package struct NearestNeighbours: Sendable, Equatable {
  package let k: Int
  /// k for each row, nearest first: squared Euclidean distances.
  package let squaredDistances: [Double]
  /// k for each row; of neighbours at the same distance the lower index comes first.
  package let indices: [Int]

  /// The squared distance of each row to its k-th neighbour.
  package var squaredRadii: [Double] {
    stride(from: k - 1, to: squaredDistances.count, by: k).map { squaredDistances[$0] }
  }

  private static let block = 512
  /// The number of candidates in a list beyond k.
  private static let spare = 16
}

extension NearestNeighbours {
  /// The k nearest other rows of the same set.
  ///
  /// - Throws: `MetricError.tooFew` if there are not k others, and what reading throws.
  package init(within source: any FeatureSource, k: Int, pool: ThreadPool) throws {
    guard source.rows > k else {
      throw MetricError.tooFew(metric: "\(k) nearest neighbours", rows: source.rows, needed: k + 1)
    }
    let center = try screeningCenter([source])
    let lists = CandidateLists(rows: source.rows, capacity: k + Self.spare)
    let blocks = ranges(of: source.rows, step: Self.block)
    let tiles = (0..<pool.threads).map { _ in DistanceTile(columns: source.columns, block: min(Self.block, source.rows))
    }
    for round in Self.rounds(blocks.count) {
      try pool.runThrowing(chunks: round.count) { chunk, worker in
        let (first, second) = (blocks[round[chunk].0], blocks[round[chunk].1])
        let tile = tiles[worker]
        try tile.loadFirst(source, first, center: center)
        try tile.compare(first, source, second, center: center)
        let isDiagonal = first == second
        tile.forEach(first, second, limits: lists.limits.base, otherLimits: lists.limits.base) { row, other, distance in
          if isDiagonal && row == other { return }
          lists.insert(other, distance, at: row)
          if !isDiagonal { lists.insert(row, distance, at: other) }
        }
      }
    }
    try self.init(lists, k: k, from: source, to: source, isOneSet: true, center: center, pool: pool)
  }

  /// The k nearest of `points` to each of `queries`.
  ///
  /// - Throws: `MetricError`, and what reading throws.
  package init(of queries: any FeatureSource, in points: any FeatureSource, k: Int, pool: ThreadPool) throws {
    try FrechetDistance.checkColumns(queries.columns, points.columns)
    guard points.rows >= k else {
      throw MetricError.tooFew(metric: "\(k) nearest neighbours", rows: points.rows, needed: k)
    }
    let center = try screeningCenter([queries, points])
    let lists = CandidateLists(rows: queries.rows, capacity: k + Self.spare)
    let (down, across) = (ranges(of: queries.rows, step: Self.block), ranges(of: points.rows, step: Self.block))
    let none = FloatScratch(points.rows)
    none.base.initialize(repeating: -.infinity, count: points.rows)
    let block = min(Self.block, max(queries.rows, points.rows))
    let tiles = (0..<pool.threads).map { _ in DistanceTile(columns: queries.columns, block: block) }
    try pool.runThrowing(chunks: down.count) { chunk, worker in
      let tile = tiles[worker]
      try tile.loadFirst(queries, down[chunk], center: center)
      for block in across {
        try tile.compare(down[chunk], points, block, center: center)
        tile.forEach(down[chunk], block, limits: lists.limits.base, otherLimits: none.base) { row, other, distance in
          lists.insert(other, distance, at: row)
        }
      }
    }
    try self.init(lists, k: k, from: queries, to: points, isOneSet: false, center: center, pool: pool)
  }

  /// Rounds of pairs of blocks in which no block occurs twice, so that a round's pairs can be entered in parallel: first
  /// each with itself, then the circle method of tournaments.
  private static func rounds(_ blocks: Int) -> [[(Int, Int)]] {
    var rounds = [(0..<blocks).map { ($0, $0) }]
    let even = blocks + blocks % 2
    let turning = max(even - 1, 1)
    for round in 0..<turning where blocks > 1 {
      var pairs = [(round, even - 1)]
      for step in 1..<max(even / 2, 1) {
        let (a, b) = ((round + step) % turning, (round + turning - step) % turning)
        pairs.append((min(a, b), max(a, b)))
      }
      rounds.append(pairs.filter { $0.1 < blocks })
    }
    return rounds
  }

  /// Decides among the candidates in double precision, or among all rows if a list is too short for certainty.
  private init(
    _ lists: CandidateLists, k: Int, from queries: any FeatureSource, to points: any FeatureSource, isOneSet: Bool,
    center: [Double], pool: ThreadPool
  ) throws {
    let tolerance = Double(ScreenedRows.tolerance(queries.columns))
    let longest = max(
      try Self.largestLength(queries, center, pool), isOneSet ? 0 : try Self.largestLength(points, center, pool))
    var distances = [Double](repeating: 0, count: queries.rows * k)
    var indices = [Int](repeating: 0, count: queries.rows * k)
    let portions = ranges(of: queries.rows, step: 64)
    try distances.withUnsafeMutableBufferPointer { distances in
      try indices.withUnsafeMutableBufferPointer { indices in
        nonisolated(unsafe) let (distances, indices) = (distances, indices)
        try pool.runThrowing(chunks: portions.count) { chunk, _ in
          let exact = ExactDistances(queries, points)
          for row in portions[chunk] {
            let candidates = lists.candidates(row)
            let reach = Double(candidates[k - 1].distance) + 4 * tolerance * longest
            let isWhole = candidates.count < lists.capacity || Double(candidates[lists.capacity - 1].distance) > reach
            let screened = candidates.filter { Double($0.distance) <= reach }.map(\.index)
            var nearest = try Self.nearest(k, of: screened.sorted(), to: row, exact)
            // No distance is below 0, so k copies of the row end the search.
            if !isWhole && nearest[k - 1].distance > 0 {
              let others = (0..<points.rows).filter { !isOneSet || $0 != row }
              nearest = try Self.nearest(k, of: others, to: row, exact)
            }
            for (place, neighbour) in nearest.enumerated() {
              distances[row * k + place] = neighbour.distance
              indices[row * k + place] = neighbour.index
            }
          }
        }
      }
    }
    self.k = k
    squaredDistances = distances
    self.indices = indices
  }

  /// The k nearest of some points, whose indices are ascending.
  private static func nearest(
    _ k: Int, of others: [Int], to row: Int, _ exact: ExactDistances
  ) throws -> [(index: Int, distance: Double)] {
    var nearest: [(index: Int, distance: Double)] = []
    for other in others {
      let distance = try exact.squared(row, other)
      if nearest.count == k && distance >= nearest[k - 1].distance { continue }
      if nearest.count == k { nearest.removeLast() }
      let place = nearest.firstIndex { $0.distance > distance } ?? nearest.count
      nearest.insert((other, distance), at: place)
    }
    return nearest
  }

  private static func largestLength(
    _ source: any FeatureSource, _ center: [Double], _ pool: ThreadPool
  ) throws -> Double {
    let portions = ranges(of: source.rows, step: 64)
    var largest = [Double](repeating: 0, count: portions.count)
    try largest.withUnsafeMutableBufferPointer { largest in
      nonisolated(unsafe) let largest = largest
      try pool.runThrowing(chunks: portions.count) { chunk, _ in
        let rows = ScreenedRows(capacity: 64, columns: source.columns)
        try rows.load(source, portions[chunk], center: center)
        largest[chunk] = Double((0..<portions[chunk].count).map { rows.lengths.base[$0] }.max() ?? 0)
      }
    }
    return largest.max() ?? 0
  }
}

/// The distances between two blocks of rows, for one thread at a time.
final class DistanceTile {
  private let first: ScreenedRows
  private let second: ScreenedRows
  private let products: FloatScratch
  private let columns: Int

  init(columns: Int, block: Int) {
    first = ScreenedRows(capacity: block, columns: columns)
    second = ScreenedRows(capacity: block, columns: columns)
    products = FloatScratch(block * block)
    self.columns = columns
  }

  /// Reads the first block of rows, which others are compared with.
  func loadFirst(_ source: any FeatureSource, _ rows: Range<Int>, center: [Double]) throws {
    try first.load(source, rows, center: center)
  }

  /// Reads another block and multiplies the first one with it.
  func compare(_ rows: Range<Int>, _ source: any FeatureSource, _ others: Range<Int>, center: [Double]) throws {
    try second.load(source, others, center: center)
    innerProducts(
      first.values.base, second.values.base, m: rows.count, n: others.count, k: columns, into: products.base)
  }

  /// The squared length of a row of the first and of the second block, by its place in it.
  func lengths(_ row: Int, _ other: Int) -> Float { first.lengths.base[row] + second.lengths.base[other] }

  /// Calls `body` with the pairs whose screened squared distance is below the limit of either row.
  /// - Parameter limits: for all rows of the first source and of the second.
  @inline(__always)
  func forEach(
    _ rows: Range<Int>, _ others: Range<Int>, limits: UnsafePointer<Float>, otherLimits: UnsafePointer<Float>,
    _ body: (_ row: Int, _ other: Int, _ distance: Float) -> Void
  ) {
    for (place, row) in rows.enumerated() {
      forEachDistance(
        products.base + place * others.count, count: others.count, length: first.lengths.base[place],
        lengths: second.lengths.base, limit: limits[row], limits: otherLimits + others.lowerBound
      ) { index, distance in body(row, others.lowerBound + index, distance) }
    }
  }
}
