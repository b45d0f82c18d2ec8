import Foundation
import Kernels
import Networks
import Support
import Testing

/// Networks whose parameters and images are rebuilt from a formula, against PyTorch's outputs on the same numbers.
@Suite struct NetworkParityTests {
  /// In bf16 every map is rounded to 8 bits on its way, half a unit of 2⁻⁸ each time, and over tens of layers these errors
  /// add up at random.
  @Test(arguments: try GoldenLogits.load().cases, TrainingPath.available)
  func logits(_ golden: GoldenLogits.Case, path: TrainingPath) throws {
    let network = try goldenNetwork(
      golden.model, shortcut: golden.shortcut,
      Shape(height: golden.height, width: golden.width, channels: golden.channels), classes: golden.classes)
    let executor = path.processor().executor(
      network, batch: golden.batch, mode: golden.mode == "train" ? .training : .inference)
    executor.fill {
      $0.set(GoldenValues.images(golden.batch, height: golden.height, width: golden.width, channels: golden.channels))
    }
    executor.forward()
    let (found, expected) = (executor.logits, golden.logits.flatMap { $0 })
    let distance = relativeDistance(found, expected)
    #expect(Double(distance) < path.tolerance(fp32: 1e-4, bf16: 0.1), "\(distance)")
  }

  @Test(arguments: try GoldenGradients.load().cases, TrainingPath.available)
  func gradients(_ golden: GoldenGradients.Case, path: TrainingPath) throws {
    let common = try GoldenGradients.load()
    let network = try goldenNetwork(
      common.model, shortcut: common.shortcut,
      Shape(height: common.height, width: common.width, channels: common.channels), classes: common.classes)
    let executor = path.processor().executor(network, batch: common.batch, mode: .training)
    executor.fill {
      $0.set(
        GoldenValues.images(
          common.batch, height: common.height, width: common.width, channels: common.channels, seed: common.inputSeed))
    }
    executor.forward()
    let loss = executor.loss(common.labels.map(Int32.init), smoothing: Float(golden.smoothing))
    #expect(abs(loss - golden.lossInDouble) < path.tolerance(fp32: 1e-5, bf16: 2e-2), "\(loss)")
    executor.backward()

    let url = GoldenFile.url("NetworksTests/Golden/\(common.file)")
    let file = try SafeTensors(Array(Data(contentsOf: url)), path: url.path)
    for parameter in network.plan.parameters {
      let expected = try floats(file, "\(golden.name).\(parameter.name)")
      var found = [Float](repeating: 0, count: parameter.count)
      let gradient = executor.gradients.read(parameter.range)
      parameter.layout.forEachTorchElement { found[$0] = gradient[$1] }
      let distance = relativeDistance(found, expected)
      // In bf16 PyTorch itself is as far off, since small inputs of rectifiers change their sign.
      #expect(
        Double(distance) < path.tolerance(fp32: 1e-4, bf16: 1.5 * golden.bf16Spread),
        "the gradient of \(parameter.name): \(distance)")
    }
    for statistic in network.plan.statistics {
      let expected = try floats(file, "after.\(statistic.name)")
      let distance = relativeDistance(network.statistics.read(statistic.range), expected)
      #expect(Double(distance) < path.tolerance(fp32: 1e-5, bf16: 0.02), "\(statistic.name): \(distance)")
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
