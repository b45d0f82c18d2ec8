import Datasets
import Evaluation
import Foundation
import Images
import Kernels
import Networks
import Reports
import Support
import Testing

/// Saved weights on images whose classes lie in another order.
@Suite struct WeightsEvaluationTests {
  private let folder: TemporaryFolder
  private let context: RunContext
  private var weights: String { "\(folder.path)/w.safetensors" }

  init() throws {
    folder = try TemporaryFolder()
    context = try RunContext.testing()
    try Stripes.write(to: folder, "images", perClass: 7, seed: 2)
  }

  /// A ResNet-8 with random weights; its outputs are the classes of the stripes from the last to the first.
  private func network() throws -> Network {
    let shape = Shape(height: 12, width: 12, channels: 1)
    let network = Network(try #require(Architecture(name: "resnet8")).plan(input: shape, classes: 3))
    network.initialize(seed: 4)
    return network
  }

  private func save(_ network: Network, _ metadata: [String: String] = [:]) throws {
    var all = [
      "architecture": "resnet8", "input": network.plan.input.shape.description,
      "classes": #"["upright","diagonal","across"]"#, "normalization": #"{"mean":[0.5],"deviation":[0.25]}"#,
    ]
    all.merge(metadata) { $1 }
    try folder.write(
      SafeTensors(metadata: all, tensors: network.stateDictionary(batches: 1)).serialized(), "w.safetensors")
  }

  private func run(
    _ set: String = "images", model: String? = nil, input: Int? = nil, flips: Bool = false
  ) throws -> ResultEntry {
    var request = WeightsEvaluation.Request(weights: weights, real: "\(folder.path)/\(set)")
    (request.model, request.input, request.testFlips) = (model, input, flips)
    request.resize = input.map { _ in "squash" }
    let report = try WeightsEvaluation.run(request, context)
    #expect(report.command == "evaluate" && report.results.count == 1)
    return try #require(report.results.first)
  }

  @Test(arguments: [false, true])
  func classesAreMatchedByName(flips: Bool) throws {
    let network = try network()
    try save(network)
    let samples = Samples(
      classNames: ["upright", "diagonal", "across"], shape: network.plan.input.shape,
      pixels: Stripes.classes.indices.flatMap { label in
        (0..<7).flatMap { Stripes.image(class: label, index: $0, seed: 2).pixels }
      },
      labels: (0..<21).map { Int32(2 - $0 / 7) }, members: (0..<21).map(String.init), origin: .init(path: "memory"))
    let expected = try Evaluator.predict(
      network, samples, normalization: Normalization(mean: [0.5], deviation: [0.25]), flips: flips,
      on: context.machine.processor)
    let result = try run(flips: flips)
    #expect(result.name == "w" && result.kind == .evaluation && result.baseline == nil && result.training == nil)
    #expect(result.top1?.value == expected.accuracy(top: 1))
    #expect(abs((result.brier ?? 9) - (expected.brierScore ?? 0)) < 1e-6)
    #expect(result.perClass.map(\.name) == samples.classNames && result.perClass.map(\.support) == [7, 7, 7])
  }

  @Test func anUntrainedClassScoresNothing() throws {
    let network = try network()
    try save(network)
    // A class that the weights do recognise.
    let best = try #require(run().perClass.enumerated().max { ($0.element.top1 ?? 0) < ($1.element.top1 ?? 0) })
    #expect((best.element.top1 ?? 0) > 0)
    try save(network, ["untrained": "[\(best.offset)]"])
    #expect(try run().perClass[best.offset].top1 == 0)
  }

  @Test func weightsThatDoNotFitAreRefused() throws {
    let network = try network()
    try save(network)
    #expect { try run(model: "resnet20") } throws: { "\($0)".contains("Leave out --model") }
    #expect { try run(model: "resnet9") } throws: { $0 is UsageError }
    try Stripes.write(to: folder, "large", perClass: 1, seed: 1, side: 16)
    #expect { try run("large") } throws: { "\($0)".contains("--input 12") }
    #expect(try run("large", input: 12).testImages == 3)
    try Stripes.write(to: folder, "more", perClass: 1, seed: 1, classes: ["across", "spiral"])
    #expect { try run("more") } throws: { "\($0)".contains("spiral") }
    try save(network, ["classes": #"["a","b"]"#])
    #expect { try run() } throws: { "\($0)".contains("its class names do not fit its outputs") }
    network.parameters.write([.nan], at: 0)
    try save(network)
    #expect { try run() } throws: { "\($0)".contains("no finite numbers") }
    try folder.write(SafeTensors(metadata: ["architecture": "resnet8"]).serialized(), "w.safetensors")
    #expect { try run() } throws: { "\($0)".contains("it lacks a first convolution or a last layer") }
  }
}
