import Kernels
import Networks
import Support
import Testing

@Suite struct ArchitectureTests {
  @Test(arguments: try GoldenCounts.load().cases)
  func countsEqualPyTorchs(_ golden: GoldenCounts.Case) throws {
    let name = golden.model.replacing("wrn28-10", with: "wrn-28-10") + (golden.shortcut == "B" ? "-b" : "")
    let architecture = try #require(Architecture(name: name))
    let plan = architecture.plan(
      input: Shape(height: golden.height, width: golden.width, channels: golden.channels), classes: golden.classes)
    #expect(plan.learnableCount == golden.parameters)
    #expect(plan.multiplyAdds == golden.multiplyAdds)
  }

  @Test(arguments: Architecture.names)
  func namesRoundTrip(_ name: String) throws {
    #expect(try #require(Architecture(name: name)).name == name)
  }

  /// The loops over bf16 numbers check nothing; a plan has to be one that they compute.
  @Test(arguments: Architecture.names + ["wrn-16-4", "wrn-28-10", "resnet20-b"], [1, 3])
  func everyNetworkRunsInBothFormats(_ name: String, channels: Int) throws {
    let plan = try #require(Architecture(name: name)).plan(
      input: Shape(height: 32, width: 32, channels: channels), classes: 7)
    #expect(plan.supports(.bf16) && plan.supports(.fp32))
    var narrow = Plan(input: Shape(height: 8, width: 8, channels: 16))
    _ = narrow.convolution(narrow.input, "conv", channels: 24, kernel: 3)
    #expect(!narrow.supports(.bf16))
  }

  @Test(arguments: [
    "", "resnet", "resnet21", "resnet20-c", "resnet50-b", "wrn", "wrn-28", "wrn-27-10", "wrn-28-0", "vgg16",
  ])
  func unknownNames(_ name: String) { #expect(Architecture(name: name) == nil) }

  @Test func trainingMemoryGrowsWithTheBatchAndInferenceTakesLess() throws {
    let plan = try #require(Architecture(name: "resnet20")).plan(
      input: Shape(height: 32, width: 32, channels: 3), classes: 10)
    let small = Footprint(plan, batch: 32, mode: .training, threads: 2)
    let large = Footprint(plan, batch: 64, mode: .training, threads: 2)
    let inference = Footprint(plan, batch: 64, mode: .inference, threads: 2)
    #expect(large.features == 2 * small.features && large.parameters == small.parameters)
    #expect(inference.features < large.features / 4 && inference.featureGradients == 0)
    // Every thread has working memory of its own, and all have some together.
    let scratch = [1, 2, 3].map { Footprint(plan, batch: 32, mode: .training, threads: $0).scratch }
    #expect(scratch[1] > scratch[0] && scratch[2] - scratch[1] == scratch[1] - scratch[0])
    #expect(scratch[1] == small.scratch)
  }

  @Test func initializationDependsOnTheSeedOnly() throws {
    let plan = try #require(Architecture(name: "resnet8")).plan(
      input: Shape(height: 28, width: 28, channels: 1), classes: 10)
    let networks = [1, 1, 2].map { (seed: UInt64) in
      let network = Network(plan)
      network.initialize(seed: seed)
      return network.parameters.contents
    }
    #expect(Bool(networks[0] == networks[1]))
    #expect(networks[0] != networks[2])
    let first = try #require(plan.parameters.first)
    let variance = networks[0][first.range].reduce(0) { $0 + Double($1 * $1) } / Double(first.count)
    // He et al.: 2 / (16 channels * 3 * 3); 144 draws leave a relative deviation of about 0.12.
    #expect(abs(variance * 72 - 1) < 0.5)
  }

  @Test func convolutionsCanStartAsTheIdentity() throws {
    let plan = try #require(Architecture(name: "resnet8-fast")).plan(
      input: Shape(height: 32, width: 32, channels: 3), classes: 10)
    let network = Network(plan)
    network.initialize(seed: 0)
    for name in ["layer2.conv1.weight", "layer2.conv2.weight"] {
      let parameter = try #require(plan.parameters.first { $0.name == name })
      guard case .convolution(let geometry) = parameter.layout else {
        Issue.record("\(name) belongs to no convolution")
        return
      }
      let (inputs, outputs) = (geometry.input.channels, geometry.outputChannels)
      let weights = network.parameters.read(parameter.range)
      let bound = 1 / Float(9 * inputs).squareRoot()
      for (place, value) in weights.enumerated() {
        let (filter, channel, tap) = (place % outputs, place / outputs % inputs, place / outputs / inputs)
        if filter < inputs {
          #expect(value == (filter == channel && tap == 4 ? 1 : 0))
        } else {
          #expect(abs(value) <= bound)
        }
      }
      #expect(outputs == inputs || Set(weights).count > weights.count / 2)
    }
  }

  @Test func lastScaleCanStartAtZero() throws {
    let plan = try #require(Architecture(name: "resnet50")).plan(
      input: Shape(height: 64, width: 64, channels: 3), classes: 10, zeroLastScale: true)
    let network = Network(plan)
    network.initialize(seed: 0)
    let scales = plan.parameters.filter { $0.name.hasSuffix("bn3.weight") }
    #expect(scales.count == 16)
    #expect(scales.allSatisfy { network.parameters.read($0.range).allSatisfy { $0 == 0 } })
  }
}
