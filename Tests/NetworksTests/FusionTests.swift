import Kernels
import Networks
import Support
import Testing

/// Training steps in which layers do one another's work against the same with every layer on its own.
@Suite struct FusionTests {
  /// The parts of a residual network after and before the activation, with and without a change of size.
  static let plans: [(name: String, plan: Plan)] = ["resnet8", "wrn-16-1", "resnet8-fast"].compactMap { name in
    let shape = Shape(height: 10, width: 12, channels: 3)
    return Architecture(name: name).map { (name, $0.plan(input: shape, classes: 4)) }
  }

  /// The best path through bf16 numbers, and each instruction set's through floats.
  struct Way: Sendable, CustomStringConvertible {
    let table: KernelTable
    let format: NumberFormat
    let description: String

    static let all: [Way] =
      (KernelTable.bfloatPaths.first.map { [Way(table: $0.table, format: .bf16, description: "\($0), bf16")] } ?? [])
      + InstructionSet.available.map { Way(table: .table(for: $0), format: .fp32, description: "\($0), fp32") }

    var isExact: Bool { format == .fp32 }

    func processor() -> Processor {
      Processor(pool: ThreadPool(threads: 2), table: table, choice: .auto, format: format)
    }
  }

  private static let images = GoldenValues.images(8, height: 10, width: 12, channels: 3)

  private struct Step {
    let logits: [Float]
    let gradients: [Float]
    let statistics: [Float]

    init(_ plan: Plan, on way: Way, rules: [FusionRule]?) {
      let network = Network(plan)
      network.initialize(seed: 4)
      let pass = way.processor().executor(network, batch: 8, mode: .training, rules: rules)
      pass.fill { $0.set(images) }
      pass.forward()
      logits = pass.logits
      _ = pass.loss((0..<8).map { Int32($0 % 4) })
      pass.backward()
      gradients = pass.gradients.contents
      statistics = network.statistics.contents
    }
  }

  /// Each number is rounded at the same places; only sums of moments are taken in another order. What that moves across
  /// a rounding to bf16 grows on its way through the layers; in floats the last digits differ, unless a rectifier's input
  /// that is nearly 0 changes its sign, which it does not with this seed. A share that is lost or added twice is most of a
  /// gradient.
  @Test(arguments: plans.map(\.name), Way.all)
  func fusedStepsAgree(name: String, way: Way) throws {
    let plan = try #require(Self.plans.first { $0.name == name }).plan
    let fused = Step(plan, on: way, rules: nil)
    let apart = Step(plan, on: way, rules: [])
    #expect(relativeDistance(fused.logits, apart.logits) < (way.isExact ? 1e-5 : 0.02))
    #expect(relativeDistance(fused.statistics, apart.statistics) < (way.isExact ? 1e-6 : 1e-3))
    for parameter in plan.parameters {
      let (found, expected) = (fused.gradients[parameter.range], apart.gradients[parameter.range])
      let distance = relativeDistance(Array(found), Array(expected))
      #expect(distance < (way.isExact ? 1e-4 : 0.1), "\(parameter.name): \(distance)")
    }
  }

  /// In inference nothing is measured: the bits are the same.
  @Test(arguments: plans.map(\.name), Way.all)
  func fusedInferenceIsTheSame(name: String, way: Way) throws {
    let plan = try #require(Self.plans.first { $0.name == name }).plan
    let network = Network(plan)
    network.initialize(seed: 3)
    let passes = [nil, []].map { way.processor().executor(network, batch: 8, mode: .inference, rules: $0) }
    #expect(passes[0].program.forward.count < passes[1].program.forward.count)
    let results = passes.map { pass in
      pass.fill { $0.set(Self.images) }
      pass.forward()
      return pass.logits
    }
    #expect(results[0] == results[1])
  }
}
