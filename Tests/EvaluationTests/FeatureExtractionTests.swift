import Datasets
import Evaluation
import Foundation
import Kernels
import Metrics
import Networks
import Support
import Synchronization
import Testing

/// From images to features and back out of the cache, with a network of the tool's own that is hardly trained.
@Suite struct FeatureExtractionTests {
  @Test func featuresAreWhatTheClassifierReads() throws {
    let samples = Self.samples(70)
    let extractor = try Self.extractor(samples)
    let found = try FeatureExtraction(extractor, machine: try Self.machine(2), cache: nil).run(samples, title: "it")
    let logits = try #require(found.logits)
    #expect(found.features.rows == 70 && found.features.columns == 64 && logits.columns == 3)
    // The last layer over the features gives the logits.
    let (plan, parameters) = (extractor.network.plan, extractor.network.parameters.contents)
    let (weights, bias) = (
      try #require(plan.parameters.first { $0.name == "linear.weight" }),
      try #require(plan.parameters.first { $0.name == "linear.bias" })
    )
    for row in [0, 63, 64, 69] {
      for output in 0..<3 {
        let sum = (0..<64).reduce(Double(parameters[bias.offset + output])) {
          $0 + Double(found.features.values[row * 64 + $1])
            * Double(parameters[weights.offset + $1 * 3 + output])
        }
        #expect(abs(sum - Double(logits.values[row * 3 + output])) < 1e-4)
      }
    }
  }

  @Test func bitsDependOnTheImageAlone() throws {
    let samples = Self.samples(70)
    let extractor = try Self.extractor(samples)
    func features(_ samples: Samples, threads: Int, blockRows: Int? = nil) throws -> [UInt32] {
      let extraction = FeatureExtraction(
        extractor, machine: try Self.machine(threads), cache: nil, blockRows: blockRows)
      return try extraction.run(samples, title: "it").features.values.map(\.bitPattern)
    }
    let bits = try features(samples, threads: 1)
    #expect(try Bool(features(samples, threads: 3) == bits))
    #expect(try Bool(features(samples, threads: 2, blockRows: 7) == bits))
    let alone = try features(samples.selecting([69]), threads: 2)
    #expect(Bool(Array(bits.suffix(64)) == alone))
  }

  @Test func theCacheIsReadMendedAndKeptApart() throws {
    let folder = try TemporaryFolder()
    let cache = FeatureCache(path: "\(folder.path)/features", build: "test")
    let samples = Self.samples(50)
    let extractor = try Self.extractor(samples)
    let notes = Mutex<[String]>([])
    func run(_ extractor: FeatureExtractor, _ samples: Samples) throws -> (ImageFeatures, computed: Int) {
      var extraction = FeatureExtraction(extractor, machine: try Self.machine(2), cache: cache, blockRows: 20)
      let before = try Self.files(cache.path)
      extraction.events.note = { text in notes.withLock { $0.append(text) } }
      let result = try extraction.run(samples, title: "it")
      return (result, try Self.files(cache.path).count - before.count)
    }
    let (first, written) = try run(extractor, samples)
    #expect(written == 3)
    let (second, again) = try run(extractor, samples)
    #expect(second == first && again == 0 && notes.withLock { $0.isEmpty })

    // A changed byte, a file that is cut short, an empty one: each block is computed again, and said to be.
    let names = try Self.files(cache.path)
    for (name, damage) in zip(names, 0...) {
      let path = "\(cache.path)/\(name)"
      var bytes = try folder.bytes("features/\(name)")
      switch damage {
      case 0: bytes[bytes.count - 5] ^= 1
      case 1: bytes.removeLast(100)
      default: bytes = []
      }
      try Data(bytes).write(to: URL(filePath: path))
    }
    #expect(try run(extractor, samples).0 == first)
    #expect(notes.withLock { $0.count } == 3)
    #expect(notes.withLock { $0.allSatisfy { $0.contains("is damaged") && $0.contains(cache.path) } })
    notes.withLock { $0 = [] }
    #expect(try run(extractor, samples).0 == first && notes.withLock { $0.isEmpty })

    // Other weights and other images are other entries.
    #expect(try run(try Self.extractor(samples, seed: 2), samples).computed == 3)
    #expect(try run(extractor, Self.samples(50, seed: 9)).computed == 3)
  }

  @Test func anInterruptionKeepsWholeBlocks() throws {
    let folder = try TemporaryFolder()
    let cache = FeatureCache(path: folder.path, build: "test")
    let samples = Self.samples(200)
    let extractor = try Self.extractor(samples)
    var extraction = FeatureExtraction(extractor, machine: try Self.machine(1), cache: cache, blockRows: 64)
    let done = Atomic<Int>(0)
    extraction.events.advanced = { count, _ in done.store(count, ordering: .relaxed) }
    extraction.events.shouldStop = { done.load(ordering: .relaxed) >= 128 }
    #expect(throws: Interrupted.self) { try extraction.run(samples, title: "it") }
    #expect(try Self.files(folder.path).count == 2 || Self.files(folder.path).count == 1)
    extraction.events.shouldStop = { false }
    let whole = try FeatureExtraction(extractor, machine: try Self.machine(1), cache: nil).run(samples, title: "it")
    #expect(try extraction.run(samples, title: "it") == whole)
  }

  @Test func imagesThatDoNotFitAreRefused() throws {
    let extractor = try Self.extractor(Self.samples(10))
    let machine = try Self.machine(1)
    for (samples, words) in [
      (Self.samples(4, shape: Shape(height: 10, width: 8, channels: 1)), "8x10"),
      (Self.samples(4, shape: Shape(height: 8, width: 8, channels: 3)), "colour"),
    ] {
      let error = #expect(throws: UsageError.self) {
        try FeatureExtraction(extractor, machine: machine, cache: nil).run(samples, title: "it")
      }
      #expect(error.map(String.init(describing:))?.contains(words) == true)
    }
  }

  /// The settings follow the images, the training is a baseline's, and the cache returns the same network.
  @Test func theOwnNetworkIsTrainedOnceAndDependsOnItsSeed() throws {
    let folder = try TemporaryFolder()
    var context = RunContext.testing(try Self.machine(2), cache: folder.path)
    let samples = Self.samples(40)
    let experiment = try OwnNetwork(on: samples, seed: 3).experiment
    #expect(experiment.model == "resnet8" && experiment.precision == .fp32 && experiment.seed == 3)
    let steps = Atomic<Int>(0)
    context.events.advanced = { _, _ in steps.add(1, ordering: .relaxed) }
    func train(_ seed: UInt64) throws -> FeatureExtractor {
      var own = try OwnNetwork(on: samples, seed: seed)
      own.experiment.steps = 3
      own.experiment.training.batchSize = 8
      return try own.trained(context, for: "")
    }
    let first = try train(3)
    #expect(steps.load(ordering: .relaxed) == 3)
    #expect(try train(3).weightsHash == first.weightsHash)
    #expect(steps.load(ordering: .relaxed) == 3)
    #expect(try train(4).weightsHash != first.weightsHash)
    #expect(first.columns == 64 && first.classes == 3)

    context.events.shouldStop = { true }
    #expect(throws: Interrupted.self) { try train(5) }
  }

  @Test func aForeignFileIsNoOwnNetwork() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(try SafeTensors(metadata: ["a": "b"]).serialized(), "w.safetensors")
    #expect(throws: UsageError.self) { try FeatureExtractor.pretrained(.own, weights: path) }
    #expect(throws: CheckpointError.self) { try FeatureExtractor.pretrained(.resNet50, weights: path) }
    #expect(throws: FileError.self) { try FeatureExtractor.pretrained(.own, weights: "\(folder.path)/none") }
  }

  static func machine(_ threads: Int) throws -> Machine { try Machine(threads: threads, environment: [:]) }

  static func files(_ path: String) throws -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  static func samples(
    _ count: Int, seed: UInt64 = 5, shape: Shape = Shape(height: 8, width: 8, channels: 1)
  ) -> Samples {
    let values = GoldenValues(seed: seed)
    return Samples(
      classNames: ["a", "b", "c"], shape: shape,
      pixels: (0..<count * shape.count).map { UInt8(values.uniform($0) * 256) },
      labels: (0..<count).map { Int32($0 % 3) }, members: (0..<count).map(String.init),
      origin: Samples.Origin(path: "memory"))
  }

  /// A ResNet-8 with random weights, as a file of `cas train` would hold it.
  static func extractor(_ samples: Samples, seed: UInt64 = 1) throws -> FeatureExtractor {
    let architecture = try #require(Architecture(name: "resnet8"))
    let network = Network(architecture.plan(input: samples.shape, classes: samples.classNames.count))
    network.initialize(seed: seed)
    let file = SafeTensors(
      metadata: [
        "architecture": "resnet8", "input": samples.shape.description, "classes": #"["a","b","c"]"#,
        "normalization": #"{"mean":[0.5],"deviation":[0.25]}"#,
      ], tensors: network.stateDictionary(batches: 1))
    let bytes = try file.serialized()
    return try FeatureExtractor.own(try SafeTensors(bytes, path: "memory"), bytes: bytes, path: "memory")
  }
}
