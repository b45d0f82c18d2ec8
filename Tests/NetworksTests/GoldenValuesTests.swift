import Support
import Testing

/// The formula of the golden files in Swift against the values that Python wrote.
@Suite struct GoldenValuesTests {
  /// Seed 1, 600 rows of 16, as every peer of the feature metrics was fed.
  @Test func irwinHallNumbersAreThoseOfThePeers() {
    let values = GoldenValues(seed: 1)
    #expect(
      (0..<4).map { values.irwinHall($0) }
        == [0.72770530307755, 0.6075749593532733, 0.08906782808482694, -0.4119827060628456])
    let sum = (0..<600 * 16).reduce(0) { $0 + values.irwinHall($1) }
    #expect(abs(sum - -152.6180401506203) < 1e-9)
    #expect(2 * GoldenValues(seed: 3).irwinHall(0) == -1.0008294500630672)
  }

  @Test func namesAreHashedByFNV1a() {
    // Published vectors of the hash for "", "a" and "foobar".
    #expect(GoldenValues(name: "").seed == 0xCBF2_9CE4_8422_2325)
    #expect(GoldenValues(name: "a").seed == 0xAF63_DC4C_8601_EC8C)
    #expect(GoldenValues(name: "foobar").seed == 0x8594_4171_F739_67E8)
  }

  @Test func parametersAndImagesEqualThoseOfPython() throws {
    let golden = try GoldenFile.decode(Values.self, from: "NetworksTests/Golden/values.json")
    #expect(golden.cases.count == 10)
    for tensor in golden.cases {
      let values = GoldenValues.parameter(tensor.name, shape: tensor.shape)
      #expect(Array(values.prefix(4)) == tensor.first, "\(tensor.name)")
      #expect(values.reduce(0) { $0 + Double($1) } == tensor.sum, "\(tensor.name)")
    }
    let shape = golden.images.shape
    let images = GoldenValues.images(
      shape[0], height: shape[1], width: shape[2], channels: shape[3], seed: golden.images.seed)
    #expect(Bool(images == golden.images.values))
  }

  @Test func everyGoldenFileCanBeRead() throws {
    let logits = try GoldenLogits.load()
    #expect(logits.cases.count == 15)
    for network in logits.cases {
      #expect(network.logits.count == network.batch && network.logits.allSatisfy { $0.count == network.classes })
    }
    let gradients = try GoldenGradients.load()
    #expect(gradients.cases.map(\.smoothing) == [0, 0.1] && gradients.labels.count == gradients.batch)
    #expect(try GoldenCounts.load().cases.contains { $0.parameters == 25_557_032 })
    let steps = try GoldenSteps.load()
    #expect(steps.cases.allSatisfy { $0.losses.count == steps.steps && $0.spread.count == steps.steps })
    #expect(steps.labels(step: 3).prefix(4) == [3, 0, 7, 4])
    for schedule in try GoldenSchedules.load().cases { #expect(schedule.rates.count == schedule.totalSteps) }
  }

  private struct Values: Decodable {
    struct Tensor: Decodable {
      let name: String
      let shape: [Int]
      let first: [Float]
      let sum: Double
    }
    struct Images: Decodable {
      let shape: [Int]
      let seed: UInt64
      let values: [Float]
    }
    let cases: [Tensor]
    let images: Images
  }
}
