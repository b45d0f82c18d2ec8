import Datasets
import Evaluation
import Kernels
import Networks
import Testing

@Suite struct TestFlipTests {
  /// Images and their mirror images, one after the other.
  private let samples: Samples = {
    let shape = Shape(height: 8, width: 8, channels: 1)
    let rows = (0..<6 * 8).map { row in (0..<8).map { UInt8(truncatingIfNeeded: row * 53 + $0 * $0 * 29) } }
    let images = (0..<6).map { image in rows[image * 8..<(image + 1) * 8].flatMap { $0 } }
    let mirrored = (0..<6).map { image in rows[image * 8..<(image + 1) * 8].flatMap { $0.reversed() } }
    return Samples(
      classNames: ["a", "b", "c"], shape: shape, pixels: zip(images, mirrored).flatMap { $0 + $1 },
      labels: (0..<12).map { Int32($0 / 2 % 3) }, members: (0..<12).map(String.init),
      origin: Samples.Origin(path: "mirrors"))
  }()

  @Test func bothSidesCountAlike() throws {
    let network = Network(
      Architecture.cifarResNet(depth: 8, shortcut: .padded).plan(input: samples.shape, classes: 3))
    network.initialize(seed: 3)
    let processor = Processor(
      pool: ThreadPool(threads: 2), table: KernelTable.table(for: try InstructionSet.chosen(in: [:])))
    let normalization = Normalization.computed(from: samples)
    let plain = try Evaluator.predict(network, samples, normalization: normalization, on: processor)
    let flipped = try Evaluator.predict(network, samples, normalization: normalization, flips: true, on: processor)
    for pair in 0..<6 {
      let (own, other) = (plain.trueProbability[2 * pair], plain.trueProbability[2 * pair + 1])
      #expect(abs(flipped.trueProbability[2 * pair] - (own + other) / 2) < 1e-6)
      #expect(abs(flipped.trueProbability[2 * pair + 1] - flipped.trueProbability[2 * pair]) < 1e-6)
    }
    #expect(plain.trueProbability != flipped.trueProbability)
  }
}
