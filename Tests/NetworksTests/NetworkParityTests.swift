import Foundation
import Kernels
import Networks
import Support
import Testing

/// Networks whose parameters and images are rebuilt from a formula, against PyTorch's outputs on the same numbers.
@Suite struct NetworkParityTests {
  @Test(arguments: try GoldenLogits.load().cases)
  func logits(_ golden: GoldenLogits.Case) throws {
    let network = try goldenNetwork(
      golden.model, shortcut: golden.shortcut,
      Shape(height: golden.height, width: golden.width, channels: golden.channels), classes: golden.classes)
    let propagation = try propagation(
      network, batch: golden.batch, purpose: golden.mode == "train" ? .training : .inference)
    let images = GoldenValues.images(
      golden.batch, height: golden.height, width: golden.width, channels: golden.channels)
    _ = propagation.input.values.update(fromContentsOf: images)
    propagation.forward()
    #expect(relativeDistance(Array(propagation.logits.values), golden.logits.flatMap { $0 }) < 1e-4)
  }

  @Test(arguments: try GoldenGradients.load().cases)
  func gradients(_ golden: GoldenGradients.Case) throws {
    let common = try GoldenGradients.load()
    let network = try goldenNetwork(
      common.model, shortcut: common.shortcut,
      Shape(height: common.height, width: common.width, channels: common.channels), classes: common.classes)
    let propagation = try propagation(network, batch: common.batch, purpose: .training)
    let images = GoldenValues.images(
      common.batch, height: common.height, width: common.width, channels: common.channels, seed: common.inputSeed)
    _ = propagation.input.values.update(fromContentsOf: images)
    propagation.forward()
    let gradient = try #require(propagation.logitsGradient)
    let loss = common.labels.map(Int32.init).withUnsafeBufferPointer {
      softmaxCrossEntropy(
        propagation.logits, labels: $0, smoothing: Float(golden.smoothing), gradient: gradient,
        on: propagation.memory.execution)
    }
    #expect(abs(loss - golden.lossInDouble) < 1e-5)
    propagation.backward()

    let url = GoldenFile.url("NetworksTests/Golden/\(common.file)")
    let file = try SafeTensors(Array(Data(contentsOf: url)), path: url.path)
    for parameter in network.plan.parameters {
      let expected = try floats(file, "\(golden.name).\(parameter.name)")
      var found = [Float](repeating: 0, count: parameter.count)
      parameter.layout.forEachTorchElement {
        found[$0] = propagation.memory.gradients.base[parameter.offset + $1]
      }
      #expect(relativeDistance(found, expected) < 1e-4, "the gradient of \(parameter.name)")
    }
    for statistic in network.plan.statistics {
      let expected = try floats(file, "after.\(statistic.name)")
      #expect(
        relativeDistance(Array(network.statistics.values[statistic.range]), expected) < 1e-5, "\(statistic.name)")
    }
  }

  private func floats(_ file: SafeTensors, _ name: String) throws -> [Float] {
    guard case .float(let values)? = file.tensors[name]?.values else {
      throw CheckpointError.missingTensors(path: "golden", model: "resnet8", names: [name])
    }
    return values
  }
}

/// The largest difference over the largest expected value.
func relativeDistance(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count else { return .infinity }
  let difference = zip(found, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
  let largest = expected.reduce(Float(0)) { max($0, abs($1)) }
  return found.allSatisfy(\.isFinite) ? difference / max(largest, .leastNormalMagnitude) : .infinity
}

func propagation(
  _ network: Network, batch: Int, purpose: Purpose, threads: Int = 2, instructionSet: InstructionSet? = nil,
  choice: KernelChoice = .auto
) throws -> Propagation {
  let table = KernelTable.table(for: try instructionSet ?? InstructionSet.chosen(in: [:]))
  return Propagation(
    network, batch: batch, purpose: purpose,
    on: Processor(pool: ThreadPool(threads: threads), table: table, choice: choice))
}
