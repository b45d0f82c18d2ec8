import Metrics
import Support

/// `Golden/distribution.json`, and the arrays that its script works on.
struct DistributionGolden: Decodable {
  struct Frechet: Decodable {
    let name: String
    let seeds: [UInt64]
    let rows: [Int]
    let columns: Int
    let scale, shift, offset, torchFidelity, exact: Double
  }

  struct Kernel: Decodable { let equal, equalVariance, unequal: Double }
  struct Scores: Decodable { let precision, recall: Double }

  struct Manifold: Decodable {
    let k: Int
    let precision, recall, density, coverage: Double
  }

  struct Clustered: Decodable { let mean, deviation: [Double] }

  struct Normality: Decodable {
    let seed: UInt64
    let rows, power: Int
    let skewness, kurtosis, p: Double
  }

  let frechet: [Frechet]
  let kernel: Kernel
  let inception: [[Double]]
  let manifold: [Manifold]
  let clustered: Clustered
  let normality: [Normality]

  static func load() throws -> Self { try GoldenFile.decode(Self.self, from: "MetricsTests/Golden/distribution.json") }

  /// The array of one seed, each column multiplied by 1 + j · scale and shifted.
  static func array(
    seed: UInt64, rows: Int, columns: Int, scale: Double = 0, shift: Double = 0, factor: Double = 1
  ) -> DoubleFeatures {
    let values = GoldenValues(seed: seed)
    return DoubleFeatures(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { index in
        values.irwinHall(index) * factor * (1 + Double(index % columns) * scale) + shift
      })
  }

  static let real = array(seed: 1, rows: 600, columns: 16)
  static let fake = array(seed: 2, rows: 500, columns: 16, scale: 1 / 32, shift: 0.25)
  static let logits = ClassProbabilities(array(seed: 3, rows: 500, columns: 10, factor: 2), kind: .logits)
}

extension DoubleFeatures {
  /// The first rows.
  func prefix(_ count: Int) -> DoubleFeatures {
    DoubleFeatures(rows: count, columns: columns, values: Array(values[..<(count * columns)]))
  }

  /// In single precision.
  var rounded: FeatureMatrix { FeatureMatrix(rows: rows, columns: columns, values: values.map(Float.init)) }
}
