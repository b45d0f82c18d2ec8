import Foundation
import Images
import Metrics
import Reports

/// A made-up run with one synthetic set, its baseline, three seeds and awkward names.
enum Example {
  private static let names = [
    "shirt", "T-shirt/top", "<script>alert(1)</script>", "長袖のシャツとジャケット", "a, \"quoted\" bag", "sandal", "boot",
  ]

  static let machine = MachineDescription(
    cpu: "Example CPU @ 2.0 GHz", threads: 2, instructionSet: "avx2", precision: "fp32", blas: "OpenBLAS 0.3.29",
    blasCore: "Haswell",
    memoryBytes: 8_589_934_592, os: "Debian GNU/Linux 13")

  static let data = DataSection(
    real: .init(test: entry("data/real", "test", images: 5000), train: entry("data/real", "train", images: 6000)),
    synthetic: [
      "cvae": entry(
        "data/samples & more/cvae", nil, images: 6000, codecs: ["png": 5990, "jpeg": 10], ignored: 3,
        warnings: ["12 images are exact copies of others"], missing: ["boot"])
    ])

  static func entry(
    _ path: String, _ split: String?, images: Int, codecs: [String: Int]? = nil, ignored: Int = 0,
    warnings: [String] = [], missing: [String] = []
  ) -> DataEntry {
    DataEntry(
      path: path, split: split, images: images, classes: 7, hash: "9b74c9897bac770ffc029102a200c5de",
      codecs: codecs ?? ["png": images], ignored: ignored, warnings: warnings,
      size: .init(width: 28, height: 28, channels: 1), missingClasses: missing)
  }

  static let config = JSONValue.object([
    "model": .string("resnet8"), "epochs": .integer(30), "seeds": .integer(3),
    "optimizer": .object(["learningRate": .number(0.1), "nesterov": .bool(true), "warmup": .null]),
    "milestones": .array([.integer(15), .integer(22)]),
  ])

  static func training(images: Int, cached: Bool) -> TrainingEntry {
    TrainingEntry(
      epochs: 30, steps: 1410, trainingImages: images, seconds: 61.5, imagesPerSecond: 8780.5, finalLoss: 0.2113,
      cached: cached)
  }

  static func accuracy(_ seeds: [Double], _ low: Double, _ high: Double, _ seedInterval: Interval?) -> AccuracyScore {
    AccuracyScore(
      value: seeds.reduce(0, +) / Double(seeds.count), interval: Interval(low: low, high: high), perSeed: seeds,
      seedInterval: seedInterval)
  }

  static func perClass(compared: Bool) -> [ClassScore] {
    let own = [0.231, 0.842, 0.667, 0.905, 0.771, 0.955, nil]
    let real = [0.61, 0.84, 0.71, 0.91, 0.65, 0.96, nil]
    let adjusted = [0.0000012, 1, 0.21, 1, 0.031, 1, nil]
    return names.indices.map { index in
      let difference = own[index].flatMap { value in real[index].map { value - $0 } }
      let confusions: [ClassConfusion] =
        index == 0
        ? [.init(name: names[1], count: 842), .init(name: names[2], count: 311), .init(name: names[4], count: 90)]
        : index == 6 ? [] : [.init(name: names[0], count: 10 * index + 7)]
      return ClassScore(
        name: names[index], support: index == 6 ? 0 : 833, top1: compared ? own[index] : real[index],
        top5: own[index].map { _ in 0.99 }, interval: own[index].flatMap { Interval(low: $0 - 0.031, high: $0 + 0.03) },
        baselineTop1: compared ? real[index] : nil, difference: compared ? difference : nil,
        adjustedP: compared ? adjusted[index] : nil, confusedWith: confusions)
    }
  }

  /// The classes of `cas` as one seed sees them: a third of the confusions.
  static var ofOneSeed: [ClassScore] {
    perClass(compared: true).map { entry in
      var entry = entry
      for index in entry.confusedWith.indices { entry.confusedWith[index].count /= 3 }
      return entry
    }
  }

  static let baseline = ResultEntry(
    name: "baseline", kind: .baseline,
    scores: ScoreCard(
      top1: accuracy([0.853, 0.857, 0.855], 0.8450, 0.8645, Interval(low: 0.85, high: 0.86)),
      top5: accuracy([0.995, 0.995, 0.995], 0.9926, 0.9966, Interval(low: 0.995, high: 0.995)), brier: 0.2104,
      expectedCalibrationError: 0.0312, perClass: perClass(compared: false)),
    training: training(images: 6000, cached: true))

  static let cas = ResultEntry(
    name: "cvae", kind: .cas,
    scores: ScoreCard(
      top1: accuracy([0.712, 0.721, 0.7231], 0.7061, 0.7310, Interval(low: 0.7038, high: 0.7336)),
      top5: accuracy([0.972, 0.971, 0.973], 0.9670, 0.9762, Interval(low: 0.9695, high: 0.9745)), brier: 0.4012,
      expectedCalibrationError: 0.0871, relativeDrop: RelativeDrop(top1: 0.15902, top5: 0.02312),
      perClass: perClass(compared: true)), baseline: "baseline",
    training: training(images: 6000, cached: false))

  static let single = report([baseline, cas])

  /// Two sets with a baseline, one of them better than it in a class.
  static let several: Report = {
    var other = cas
    other.name = "a-generator-with-a-really-long-name-v2"
    other.top1 = accuracy([0.8012], 0.7899, 0.8120, nil)
    other.relativeDrop = RelativeDrop(top1: 0.0629, top5: nil)
    other.perClass = ofOneSeed
    other.perClass[0].adjustedP = 0.4
    var report = Example.report([baseline, cas, other])
    report.data.synthetic[other.name] = entry("generators/long", "train", images: 6000)
    return report
  }()

  static func report(_ results: [ResultEntry]) -> Report {
    Report(
      RunFindings(results: results),
      Provenance(command: "train", version: "0.1.0 (abc1234)", config: config, machine: machine, data: data))
  }

  /// A small picture that differs with `seed`.
  static func picture(_ seed: Int, side: Int = 4, channels: Int = 1) -> Image {
    Image(
      width: side, height: side, channels: channels,
      pixels: (0..<side * side * channels).map { UInt8(truncatingIfNeeded: $0 * 37 + seed * 101) })
  }

  static let galleries = [
    FailureGallery(
      result: "cvae", className: names[0], samples: [picture(1), picture(2, side: 100, channels: 3)],
      missed: [.init(image: picture(3), predicted: names[1]), .init(image: picture(4), predicted: names[2])],
      right: [picture(6)]),
    FailureGallery(result: "cvae", className: names[2], samples: [picture(5)], missed: []),
    FailureGallery(result: "cvae", className: names[6], samples: [], missed: []),
  ]

  /// Confusions, calibration and training curves that the page shows beside the report's numbers.
  static let details = ReportDetails(
    confusions: [
      "cvae": ConfusionMatrix(
        classNames: names,
        counts: (0..<49).map { $0 % 8 == 0 ? 400 : $0 % 5 == 0 ? 30 : $0 % 7 == 3 ? 2 : 0 })
    ],
    reliability: [
      "cvae": (0..<15).map { bin in
        let images = bin == 3 ? 0 : 16 * bin * bin
        return CalibrationBin(
          images: images, correct: images * bin / 16, confidence: Double(images) * (Double(bin) + 0.5) / 15)
      }
    ],
    training: (0..<2).map { seed in
      ReportDetails.TrainingCurve(
        name: "cvae", seed: UInt64(seed),
        epochs: (1...4).map { (epoch: $0, loss: 2.0 / Double($0 + seed), top1: 1 - 0.6 / Double($0)) })
    }, galleries: galleries)

  /// The published tables that come with the program.
  static func literature() throws -> Literature {
    let url = URL(fileURLWithPath: #filePath).appending(path: "../../../data/literature/ravuri-vinyals-2019.json")
    return try Literature(json: Data(contentsOf: url.standardizedFileURL), path: url.path)
  }
}

extension ConfusionMatrix {
  /// Of all counts, true class by row.
  init(classNames: [String], counts: [Int]) {
    var rows = [[Int: Int]](repeating: [:], count: classNames.count)
    for (place, count) in counts.enumerated() where count > 0 {
      rows[place / classNames.count][place % classNames.count] = count
    }
    self.init(classNames: classNames, rows: rows)
  }
}
