internal import Foundation
internal import Kernels

/// A classifier's output for every image: a row of probabilities p(y|x), from probabilities or logits, in double
/// precision and some rows at a time.
package struct ClassProbabilities: Sendable {
  package enum Kind: String, Sendable { case probabilities, logits }

  package let source: any FeatureSource
  package let kind: Kind

  package var count: Int { source.rows }
  package var classes: Int { source.columns }

  package init(_ source: any FeatureSource, kind: Kind) {
    self.source = source
    self.kind = kind
  }

  /// The same for some of the images.
  package func selecting(_ rows: [Int]) -> ClassProbabilities {
    ClassProbabilities(SelectedFeatures(source, rows: rows), kind: kind)
  }
}

extension ClassProbabilities {
  static let step = 256

  /// Writes p(y|x) of these images to `target`, and −Σ p log p of each, in nats, to `entropies`; 0 log 0 is 0.
  ///
  /// Logits go through the logarithm of the softmax, so a probability that underflows contributes 0.
  /// - Throws: `MetricError.notProbabilities`, and what reading throws.
  func copy(
    _ rows: Range<Int>, into target: UnsafeMutablePointer<Double>, entropies: UnsafeMutablePointer<Double>
  ) throws {
    let classes = classes
    try source.copy(rows, into: target)
    for (place, row) in rows.enumerated() {
      let line = target + place * classes
      switch kind {
      case .logits:
        var highest = -Double.infinity
        var total = 0.0
        var weighted = 0.0
        for index in 0..<classes { highest = line[index] > highest ? line[index] : highest }
        for index in 0..<classes {
          let shifted = line[index] - highest
          let power = exp(shifted)
          total += power
          weighted += power > 0 ? power * shifted : 0
          line[index] = power
        }
        guard highest.isFinite, total.isFinite else { throw MetricError.notProbabilities(row: row, sum: .nan) }
        for index in 0..<classes { line[index] /= total }
        entropies[place] = log(total) - weighted / total
      case .probabilities:
        var total = 0.0
        var entropy = 0.0
        for index in 0..<classes {
          let p = line[index]
          guard p >= 0 else {
            throw p.isNaN
              ? MetricError.notProbabilities(row: row, sum: .nan) : MetricError.negative(row: row, value: p)
          }
          total += p
          entropy -= p > 0 ? p * log(p) : 0
        }
        guard abs(total - 1) < 1e-3 else { throw MetricError.notProbabilities(row: row, sum: total) }
        entropies[place] = entropy
      }
    }
  }

  /// Calls `body` for portions of the images in parallel, with their probabilities and entropies.
  func forEachPortion(
    _ pool: ThreadPool,
    _ body: (_ portion: Int, _ rows: Range<Int>, _ p: UnsafePointer<Double>, _ h: UnsafePointer<Double>) -> Void
  ) throws {
    let portions = ranges(of: count, step: Self.step)
    let scratch = (0..<pool.threads).map { _ in DoubleScratch(Self.step * (classes + 1)) }
    try pool.runThrowing(chunks: portions.count) { chunk, worker in
      let base = scratch[worker].base
      let entropies = base + Self.step * classes
      try copy(portions[chunk], into: base, entropies: entropies)
      body(chunk, portions[chunk], base, entropies)
    }
  }

  /// The sums over portions of images of their probabilities and entropies, classes + 1 numbers, added in order.
  func sums(_ pool: ThreadPool) throws -> (probabilities: [Double], entropy: Double) {
    let portions = (count + Self.step - 1) / Self.step
    let width = classes + 1
    let parts = DoubleScratch(portions * width)
    try forEachPortion(pool) { portion, rows, p, h in
      let target = parts.base + portion * width
      target.initialize(repeating: 0, count: width)
      for place in 0..<rows.count {
        for index in 0..<classes { target[index] += p[place * classes + index] }
        target[classes] += h[place]
      }
    }
    var result = [Double](repeating: 0, count: width)
    for portion in 0..<portions { for index in 0..<width { result[index] += parts.base[portion * width + index] } }
    return (Array(result.dropLast()), result[classes])
  }
}

/// −Σ p log p in nats, with 0 log 0 = 0, of sums that are divided by `total` first.
func entropy(_ sums: some Sequence<Double>, total: Double) -> Double {
  sums.reduce(0) { $1 > 0 ? $0 - $1 / total * log($1 / total) : $0 }
}
