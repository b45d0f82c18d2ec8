import Datasets
import Evaluation
import Foundation
import Metrics
import Reports
import Support
import Testing

/// Comparisons of runs whose predictions are known, image by image.
@Suite struct RunComparisonTests {
  private let folder: TemporaryFolder
  private static let names = ["cat", "dog"]

  init() throws { folder = try TemporaryFolder() }

  /// Forty images of each class; those at `wrong` are taken for the other class.
  private func predictions(wrong: Range<Int>) -> Predictions {
    var builder = PredictionsBuilder(classes: 2)
    for image in 0..<80 {
      let label = image / 40
      let found = wrong.contains(image) ? 1 - label : label
      builder.append(probabilities: [found == 0 ? 0.9 : 0.1, found == 0 ? 0.1 : 0.9], labels: [Int32(label)])
    }
    return builder.finish()
  }

  /// Writes a run whose sets fail on these images, all seeds alike but for one image more each.
  private func write(
    _ run: String, _ sets: [(name: String, kind: ResultKind, wrong: Range<Int>)], seeds: [UInt64] = [0, 1],
    hash: String = "h", steps: Int = 10
  ) throws {
    var arrays = [(name: "labels", array: NPYArray((0..<80).map { Int32($0 / 40) }, shape: [80]))]
    let results = sets.map { set in
      let all = seeds.indices.map { predictions(wrong: set.wrong.lowerBound..<set.wrong.upperBound + $0) }
      for (seed, predictions) in zip(seeds, all) {
        arrays.append(("\(set.name)/seed\(seed)/classes", NPYArray(predictions.topClasses, shape: [80, 2])))
        arrays.append(
          ("\(set.name)/seed\(seed)/probabilities", NPYArray(predictions.topProbabilities, shape: [80, 2])))
      }
      return ResultEntry(
        name: set.name, kind: set.kind, scores: ScoreCard(seeds: all, classNames: Self.names),
        training: TrainingEntry(
          epochs: 1, steps: steps, trainingImages: 100, seconds: 1, imagesPerSecond: 1, finalLoss: 1, cached: false))
    }
    func entry(_ path: String) -> DataEntry {
      DataEntry(
        path: path, split: nil, images: 80, classes: 2, hash: hash, size: .init(width: 8, height: 8, channels: 1))
    }
    let report = Report(
      RunFindings(results: results),
      Provenance(
        command: "train", version: "1", config: .object(["model": .string("resnet8")]), machine: .example,
        data: DataSection(
          real: .init(test: entry("real"), train: nil),
          synthetic: Dictionary(uniqueKeysWithValues: sets.filter { $0.kind == .cas }.map { ($0.name, entry($0.name)) })
        )))
    try folder.write(Array(report.json()), "\(run)/report.json")
    try NPZ.write(arrays, to: "\(folder.path)/\(run)/predictions.npz")
  }

  private func compare(
    _ runs: [String], results: [String] = [], baselines: Bool = false
  ) throws -> ComparisonDocument {
    let request = RunComparison.Request(
      runs: runs.map { "\(folder.path)/\($0)" }, results: results, baselines: baselines)
    return try RunComparison(request, version: "2").document
  }

  @Test func theFirstIsComparedWithTheSecond() throws {
    try write("one", [("a", .cas, 0..<10), ("baseline", .baseline, 0..<0)])
    try write("two", [("b", .cas, 4..<50)])
    let document = try compare(["one", "two"])
    let pair = try #require(document.results.first)
    #expect(document.results.count == 1 && document.version == "2" && document.warnings.isEmpty, "\(document.warnings)")
    #expect(pair.first == "a" && pair.second == "b")
    // 10 and 11 of 80 are wrong, and 46 and 47.
    #expect(abs(pair.top1First - 69.5 / 80) < 1e-12 && abs(pair.top1Second - 33.5 / 80) < 1e-12)
    #expect(abs(pair.top1.value - 36.0 / 80) < 1e-12)
    #expect(
      pair.perSeed.map(\.seed) == [0, 1] && pair.perSeed.map { [$0.onlyFirst, $0.onlySecond] } == [[40, 4], [40, 4]])
    #expect(pair.perSeed[0].pValue == exactMcNemar(40, 4) && pair.top1.pValue == pair.top1.adjustedP)
    // Where the seeds disagree the vote is for the cat.
    #expect(pair.top1.pValue == exactMcNemar(41, 4))
    #expect(pair.perClass.map(\.name) == Self.names && pair.perClass.map(\.support) == [40, 40])
    #expect(pair.perClass.map { $0.top1?.pValue } == [exactMcNemar(30, 4), exactMcNemar(11, 0)])
    #expect(Set(document.data.synthetic.keys) == ["a", "b"])
  }

  /// Holm over all pairs: the smallest of three p-values counts three times.
  @Test func everyPairIsTestedAmongAll() throws {
    try write("one", [("a", .cas, 0..<10), ("baseline", .baseline, 0..<2)])
    try write("two", [("a", .cas, 0..<40)])
    let document = try compare(["one", "two"], baselines: true)
    #expect(
      document.results.map { [$0.first, $0.second] } == [
        ["one:a", "baseline"], ["one:a", "two:a"], ["baseline", "two:a"],
      ])
    let values = try document.results.map { try #require($0.top1.pValue) }
    #expect(document.results.map(\.top1.adjustedP) == holmAdjusted(values).map(Optional.some) && values[2] < values[1])
    #expect(document.results[2].top1.adjustedP == 3 * values[2])
    #expect(Set(document.data.synthetic.keys) == ["\(folder.path)/one:a", "\(folder.path)/two:a"])
    #expect(try compare(["one", "two"], results: ["a"]).results.count == 1)
  }

  @Test func whatDiffersBesidesTheImagesIsSaid() throws {
    try write("one", [("a", .cas, 0..<10)])
    try write("two", [("b", .cas, 4..<50)], seeds: [2, 3], steps: 20)
    let document = try compare(["one", "two"])
    #expect(
      document.warnings == [
        "The results have different seeds: those are compared without pairs of seeds.",
        "The trainings took different numbers of steps: 10, 20.",
      ])
    #expect(document.results[0].perSeed.isEmpty && document.results[0].top1.seedInterval == nil)
    #expect(document.results[0].top1.seedPValue != nil)
  }

  @Test func whatCannotBeComparedIsRefused() throws {
    try write("one", [("a", .cas, 0..<10)])
    try write("other", [("b", .cas, 0..<10)], hash: "i")
    for (runs, results, words) in [
      (["one"], [], "has one"), (["one", "one"], [], "named twice"), (["one", "other"], [], "different images"),
      (["one", "other"], ["c"], "c"), (["one", "none"], [], "none"),
    ] as [([String], [String], String)] {
      #expect { try compare(runs, results: results) } throws: { "\($0)".contains(words) }
    }
    // Predictions that are not those of the report.
    try write("two", [("b", .cas, 0..<10)])
    let predictions = try folder.bytes("two/predictions.npz")
    try write("two", [("b", .cas, 0..<11)])
    try folder.write(predictions, "two/predictions.npz")
    #expect { try compare(["one", "two"]) } throws: { "\($0)".contains("Top-1 accuracies of b are not those") }
  }
}
