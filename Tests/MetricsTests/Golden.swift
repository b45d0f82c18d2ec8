import Foundation

/// The values of `Golden/metrics.json`, which `Golden/make.py` computes with SciPy.
struct Golden: Decodable {
  struct Classifier: Decodable {
    let classes: Int
    let labels: [Int32]
    let probabilities: [Float]
    let top1: Double
    let top5: Double?
    let brier: Double
    let expectedCalibrationError: Double
    let confusion: [Int]
    let topClasses: [Int32]
  }

  struct SeedInterval: Decodable {
    let values: [Double]
    let interval: [Double]
  }

  struct Holm: Decodable {
    let p: [Double]
    let adjusted: [Double]
  }

  let classifiers: [Classifier]
  let beta: [[Double]]
  let student: [[Double]]
  let studentIntervals: [SeedInterval]
  let wilson: [[Double]]
  let mcnemar: [[Double]]
  let holm: Holm

  static func load() throws -> Golden {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/metrics.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }
}

/// Whether two numbers agree to `tolerance`, relative to the larger one where that exceeds 1e-300.
func agree(_ value: Double?, _ expected: Double, within tolerance: Double) -> Bool {
  guard let value else { return false }
  return abs(value - expected) <= tolerance * max(abs(value), abs(expected), 1e-300)
}
