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

  private struct Step {
    let logits: [Float]
    let gradients: [Float]
    let statistics: [Float]

    init(_ plan: Plan, on path: BFloatPath, fusion: Fusion?) throws {
      let network = Network(plan)
      network.initialize(seed: 3)
      let processor = Processor(pool: ThreadPool(threads: 2), table: path.table, choice: .auto, format: .bf16)
      let pass = Propagation(network, batch: 8, purpose: .training, on: processor, fusion: fusion)
      pass.input.set(GoldenValues.images(8, height: 10, width: 12, channels: 3))
      pass.forward()
      logits = Array(pass.logits.values)
      _ = (0..<8).map { Int32($0 % 4) }.withUnsafeBufferPointer {
        softmaxCrossEntropy(pass.logits, labels: $0, gradient: pass.logitsGradient, on: pass.memory.execution)
      }
      pass.backward()
      gradients = Array(pass.memory.gradients.values)
      statistics = Array(network.statistics.values)
    }
  }

  /// Each number is rounded to bf16 at the same places; only sums of moments are taken in another order, and what that
  /// moves across a rounding grows on its way through the layers. A share that is lost or added twice is most of a gradient.
  @Test(arguments: plans.map(\.name))
  func fusedStepsAgree(name: String) throws {
    guard let path = KernelTable.bfloatPaths.first else { return }
    let plan = try #require(Self.plans.first { $0.name == name }).plan
    let fused = try Step(plan, on: path, fusion: nil)
    let apart = try Step(plan, on: path, fusion: Fusion())
    #expect(relativeDistance(fused.logits, apart.logits) < 0.02)
    #expect(relativeDistance(fused.statistics, apart.statistics) < 1e-3)
    for parameter in plan.parameters {
      let (found, expected) = (fused.gradients[parameter.range], apart.gradients[parameter.range])
      let distance = relativeDistance(Array(found), Array(expected))
      #expect(distance < 0.1, "\(parameter.name): \(distance)")
    }
  }
}
