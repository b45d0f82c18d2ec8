extension Correlation {
  /// The most pairs without ties for which the p-value comes from the exact distribution.
  private static let exactLimit = 60

  /// Kendall's τ-b: how much more often two columns order a pair of rows alike than contrarily, ties allowed for.
  ///
  /// Kendall 1945, "The treatment of ties in ranking problems", Biometrika 33: τ_b = (C − D) / √((P − T_x)(P − T_y)),
  /// with P = n(n − 1)/2 pairs of rows, C and D of them in equal and in contrary order, and T tied in one column.
  /// The p-value is exact without ties up to 60 rows, and normal with the variance for ties otherwise. Nil for fewer
  /// than two rows, a constant column, or a number that is not finite. The work grows with the square of the rows.
  package static func kendall(_ first: [Double], _ second: [Double]) -> Correlation? {
    precondition(first.count == second.count, "a correlation is of pairs")
    let n = first.count
    guard n > 1, !first.contains(where: \.isNaN), !second.contains(where: \.isNaN) else { return nil }
    var score = 0
    var discordant = 0
    for i in 0..<n {
      for j in 0..<i {
        let sign = direction(first[i], first[j]) * direction(second[i], second[j])
        score += sign
        if sign < 0 { discordant += 1 }
      }
    }
    let pairs = n * (n - 1) / 2
    let ties = [tieSizes(first), tieSizes(second)]
    let tied = ties.map { $0.reduce(0) { $0 + $1 * ($1 - 1) / 2 } }
    guard tied[0] < pairs, tied[1] < pairs else { return nil }
    let tau =
      Double(score) / Double(pairs - tied[0]).squareRoot() / Double(pairs - tied[1]).squareRoot()
    let hasTies = tied != [0, 0]
    let pValue =
      hasTies || n > exactLimit
      ? NormalDistribution.twoSided(Double(score) / variance(n, ties).squareRoot())
      : exactPValue(n, discordant: discordant)
    return Correlation(value: min(max(tau, -1), 1), pValue: pValue)
  }

  private static func direction(_ a: Double, _ b: Double) -> Int { a > b ? 1 : a < b ? -1 : 0 }

  /// How many rows share each value.
  private static func tieSizes(_ values: [Double]) -> [Int] {
    Array(values.reduce(into: [Double: Int]()) { $0[$1 == 0 ? 0 : $1, default: 0] += 1 }.values)
  }

  /// The variance of C − D when all orders are equally likely (Kendall 1970, "Rank Correlation Methods", section 4.9).
  private static func variance(_ rows: Int, _ ties: [[Int]]) -> Double {
    func sum(_ sizes: [Int], _ term: (Double) -> Double) -> Double { sizes.reduce(0) { $0 + term(Double($1)) } }
    let n = Double(rows)
    let base = { (t: Double) in t * (t - 1) * (2 * t + 5) }
    let pairs = ties.map { sum($0) { $0 * ($0 - 1) } }
    let triples = ties.map { sum($0) { $0 * ($0 - 1) * ($0 - 2) } }
    let first = (base(n) - sum(ties[0], base) - sum(ties[1], base)) / 18
    let second = rows > 2 ? triples[0] * triples[1] / (9 * n * (n - 1) * (n - 2)) : 0
    return first + second + pairs[0] * pairs[1] / (2 * n * (n - 1))
  }

  /// P(at most as few or at least as many inversions), from the number of orders of n things with k inversions: each
  /// new thing adds 0 to its place − 1 of them, all equally likely (Kendall 1938, Biometrika 30).
  private static func exactPValue(_ n: Int, discordant: Int) -> Double {
    let pairs = n * (n - 1) / 2
    let smaller = min(discordant, pairs - discordant)
    guard 2 * smaller < pairs else { return 1 }
    var chance = [Double](repeating: 0, count: smaller + 1)
    chance[0] = 1
    for size in 2...n {
      var window = 0.0
      let previous = chance
      for k in 0...smaller {
        window += previous[k]
        if k >= size { window -= previous[k - size] }
        chance[k] = window / Double(size)
      }
    }
    return min(1, 2 * chance.reduce(0, +))
  }
}
