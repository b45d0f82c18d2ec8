package import Images

/// An image as 8 by 8 mean brightness values, which compression, resizing and mirroring preserve.
///
/// Two images are near copies if their grids differ by at most one level plus 0.04 of the grid's standard deviation (root
/// mean square). JPEG with quality 75 or more changes a grid by less; the nearest of 10,000 other images differs by more
/// (docs/data.md).
package struct SimilarityGrid: Sendable, Equatable {
  package static let side = 8
  static let count = side * side

  /// Row by row.
  let levels: [UInt8]
  /// The mean and the deviation of the levels, which mirroring does not change and compression hardly.
  let mean: Float
  let deviation: Float

  package init(_ image: Image) {
    levels = Self.areaMeans(of: image.luminance())
    let sum = levels.reduce(0) { $0 + Int($1) }
    let squares = levels.reduce(0) { $0 + Int($1) * Int($1) }
    mean = Float(sum) / Float(Self.count)
    let variance = Float(Self.count * squares - sum * sum) / Float(Self.count * Self.count)
    deviation = variance.squareRoot()
  }

  /// The mean of each cell, with the pixels on its edges counting by the part that lies within: unlike a box filter, which
  /// gives such a pixel to one side, this commutes with mirroring.
  private static func areaMeans(of image: Image) -> [UInt8] {
    let (width, height) = (image.width, image.height)
    // In units of one eighth of a pixel's side, pixel p spans 8p to 8p + 8 and cell c spans c·length to (c + 1)·length.
    func cells(_ pixel: Int, _ length: Int) -> ClosedRange<Int> {
      side * pixel / length...min(side - 1, (side * pixel + side - 1) / length)
    }
    func overlap(_ pixel: Int, _ cell: Int, _ length: Int) -> Int {
      max(0, min(side * pixel + side, (cell + 1) * length) - max(side * pixel, cell * length))
    }
    var sums = [Int](repeating: 0, count: count)
    for y in 0..<height {
      var row = [Int](repeating: 0, count: side)
      for x in 0..<width {
        let value = Int(image.pixels[y * width + x])
        for cell in cells(x, width) { row[cell] += value * overlap(x, cell, width) }
      }
      for cell in cells(y, height) {
        let weight = overlap(y, cell, height)
        for column in 0..<side { sums[cell * side + column] += weight * row[column] }
      }
    }
    return sums.map { UInt8((2 * $0 + width * height) / (2 * width * height)) }
  }

  /// Flat images are all alike; only their exact copies count.
  var isTellTale: Bool { deviation >= 4 }

  /// The greatest difference, as a root mean square, from a near copy.
  var tolerance: Float { 1 + 0.04 * deviation }

  /// A near copy's mean and deviation lie no further off than this.
  var reach: Float { 1 + tolerance }

  var mirrored: [UInt8] {
    (0..<Self.count).map { levels[$0 / Self.side * Self.side + Self.side - 1 - $0 % Self.side] }
  }
}

/// Images sorted by the mean of their grids, to look up the ones close to a given one.
struct SimilarityIndex: Sendable {
  /// The pictures' numbers in order of the mean.
  private let order: [Int32]
  private let means: [Float]
  private let deviations: [Float]
  /// The grids' levels, one after the other in that order.
  private let levels: [UInt8]

  struct Match: Sendable, Equatable {
    let index: Int
    /// Root mean square of the grids' difference, in levels.
    let distance: Float
    let isMirrored: Bool
  }

  /// `grids` has nil for images that are left out.
  init(_ grids: [SimilarityGrid?]) {
    let held = grids.enumerated().compactMap { index, grid in grid.flatMap { $0.isTellTale ? (index, $0) : nil } }
      .sorted { ($0.1.mean, $0.0) < ($1.1.mean, $1.0) }
    order = held.map { Int32($0.0) }
    means = held.map(\.1.mean)
    deviations = held.map(\.1.deviation)
    levels = held.flatMap(\.1.levels)
  }

  /// The nearest near copy of an image among those that `accepts` admits; of two equally near, the one with the smaller
  /// number.
  func nearest(to grid: SimilarityGrid, where accepts: (Int) -> Bool = { _ in true }) -> Match? {
    guard grid.isTellTale else { return nil }
    let limit = Int32(Float(SimilarityGrid.count) * grid.tolerance * grid.tolerance)
    var best: (squares: Int32, index: Int, isMirrored: Bool)?
    let mirrored = grid.mirrored
    var place = firstPlace(from: grid.mean - grid.reach)
    while place < means.count, means[place] <= grid.mean + grid.reach {
      defer { place += 1 }
      let index = Int(order[place])
      guard abs(deviations[place] - grid.deviation) <= grid.reach, accepts(index) else { continue }
      for (own, isMirrored) in [(grid.levels, false), (mirrored, true)] {
        let squares = Self.squares(own, levels, at: place * SimilarityGrid.count)
        guard squares <= limit else { continue }
        let isBetter = best.map { (squares, index) < ($0.squares, $0.index) } ?? true
        if isBetter { best = (squares, index, isMirrored) }
      }
    }
    return best.map {
      Match(
        index: $0.index, distance: (Float($0.squares) / Float(SimilarityGrid.count)).squareRoot(),
        isMirrored: $0.isMirrored)
    }
  }

  private func firstPlace(from mean: Float) -> Int {
    var (low, high) = (0, means.count)
    while low < high {
      let middle = (low + high) / 2
      if means[middle] < mean { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func squares(_ a: [UInt8], _ b: [UInt8], at start: Int) -> Int32 {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum: Int32 = 0
        for k in 0..<SimilarityGrid.count {
          let difference = Int32(a[k]) &- Int32(b[start + k])
          sum &+= difference &* difference
        }
        return sum
      }
    }
  }
}
