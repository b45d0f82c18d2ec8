internal import Kernels

/// A block of rows in single precision, centred, with their squared lengths. It screens distances; those that matter are
/// then computed in double precision.
///
/// The distance |x|² + |y|² − 2 x·y of two such rows is off by at most `tolerance` times |x|² + |y|²: of D products and
/// sums with unit roundoff u = 2⁻²⁴ (Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 3.1), and
/// of rounding the rows themselves.
struct ScreenedRows {
  let values: FloatScratch
  let lengths: FloatScratch
  private let portion: DoubleScratch
  private let columns: Int

  private static let step = 32
  /// The largest length of a row whose distances fit into single precision.
  private static let largestLength = Float.greatestFiniteMagnitude / 16

  init(capacity: Int, columns: Int) {
    values = FloatScratch(capacity * columns)
    lengths = FloatScratch(capacity)
    portion = DoubleScratch(Self.step * columns)
    self.columns = columns
  }

  static func tolerance(_ columns: Int) -> Float { Float(columns + 16) * 0x1p-24 }

  func load(_ source: any FeatureSource, _ rows: Range<Int>, center: [Double]) throws {
    for part in ranges(of: rows.count, step: Self.step) {
      try source.copy(rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound, into: portion.base)
      let target = values.base + part.lowerBound * columns
      center.withUnsafeBufferPointer { center in
        for row in 0..<part.count {
          for column in 0..<columns {
            target[row * columns + column] = Float(portion.base[row * columns + column] - center[column])
          }
          lengths.base[part.lowerBound + row] = Float(squaredLength(target + row * columns, count: columns))
        }
      }
      for row in part where lengths.base[row] > Self.largestLength || lengths.base[row].isNaN {
        throw MetricError.tooLarge(row: rows.lowerBound + row)
      }
    }
  }
}

/// Distances between rows of two sources in double precision; the last requested row is cached.
final class ExactDistances {
  private let first: any FeatureSource
  private let second: any FeatureSource
  private let buffers: [DoubleScratch]
  private var kept = (-1, -1)

  init(_ first: any FeatureSource, _ second: any FeatureSource) {
    self.first = first
    self.second = second
    buffers = [DoubleScratch(first.columns), DoubleScratch(second.columns)]
  }

  func squared(_ a: Int, _ b: Int) throws -> Double {
    if kept.0 != a {
      try first.copy(a..<a + 1, into: buffers[0].base)
      kept.0 = a
    }
    if kept.1 != b {
      try second.copy(b..<b + 1, into: buffers[1].base)
      kept.1 = b
    }
    return squaredDistance(buffers[0].base, buffers[1].base, count: first.columns)
  }
}

/// The mean of two sources' rows; centred there, screening loses the fewest digits. At most a thousand rows of each are
/// used, because no result depends on it.
func screeningCenter(_ sources: [any FeatureSource]) throws -> [Double] {
  var center = [Double](repeating: 0, count: sources.first?.columns ?? 0)
  var count = 0.0
  for source in sources {
    let step = max(1, source.rows / 1000)
    for row in stride(from: 0, to: source.rows, by: step) {
      for (column, value) in try source.row(row).enumerated() {
        guard value.isFinite else { throw MetricError.notFinite(row: row, column: column) }
        center[column] += value
      }
      count += 1
    }
  }
  return center.map { $0 / count }
}
