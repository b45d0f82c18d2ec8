import Foundation

/// The values of `Golden/statistics.json`, which `Golden/make_statistics.py` computes with SciPy and statsmodels.
struct StatisticsGolden: Decodable {
  struct Adjusted: Decodable {
    let p: [Double]
    let holm: [Double]
    let benjaminiHochberg: [Double]
    let benjaminiHochbergSciPy: [Double]
  }

  struct Pairs: Decodable {
    let first: [Double]
    let second: [Double]
    let kendall: [Double]
    let spearman: [Double]
    let pearson: [Double]
  }

  struct Bootstrap: Decodable {
    let estimate: Double
    let replicates: [Double]
    let jackknife: [[Double]]
    let percentile: [Double]
    let accelerated: [Double]

    enum CodingKeys: String, CodingKey {
      case estimate, replicates, jackknife, percentile
      case accelerated = "BCa"
    }
  }

  struct Law: Decodable {
    let sizes: [Double]
    let accuracies: [Double]
    /// The sum of squared distances.
    let error: Double
    /// Limit, scale, exponent.
    let law: [Double]
  }

  struct SeedTest: Decodable {
    let first: [Double]
    let second: [Double]
    /// The p-value of pairs; nil where the sides have different numbers of seeds.
    let paired: Double?
    let apart: Double
  }

  struct ClassSeedTests: Decodable {
    /// By class, then by seed.
    let first: [[Double]]
    let second: [[Double]]
    let images: [Int]
    let p: [Double]
  }

  let adjusted: [Adjusted]
  let mcnemar: [[Double]]
  let wilson: [[Double]]
  let normalQuantiles: [[Double]]
  let normalTails: [[Double]]
  let correlations: [Pairs]
  let bootstraps: [Bootstrap]
  let powerLaws: [Law]
  let seedTests: [SeedTest]
  let classSeedTests: ClassSeedTests

  static func load() throws -> StatisticsGolden {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/statistics.json")
    return try JSONDecoder().decode(StatisticsGolden.self, from: Data(contentsOf: url))
  }
}
