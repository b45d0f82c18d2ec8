import Foundation
import Kernels
import Networks
import Support
import Testing

/// The networks of `NetworkParityTests` with feature maps in bf16, on every path through bf16 numbers, AMX's with
/// emulated tiles among them.
@Suite(.enabled(if: KernelTable.bfloatPaths.count > 0, "no path through bf16 dot products here"))
struct BFloatParityTests {
  /// Every layer's result is rounded to 8 bits, by 2⁻⁹ of itself and more, in directions that have nothing to do with
  /// each other: fifty layers leave a few of 2⁻⁹ times √50 of the largest logit.
  private static let tolerance: Float = 0x1p-4
  /// A gradient has passed through the roundings of all layers behind it. Batch normalisation takes means of it away over
  /// these few images, and what is left is smaller than what was rounded. A wrong tap or edge would leave no likeness.
  private static let gradientTolerance: Float = 0x1p-2

  /// What an emulation does in seconds.
  private static let cases = try? GoldenLogits.load().cases.filter { $0.model != "wrn28-10" && $0.height < 224 }

  private func propagation(
    _ network: Network, _ path: BFloatPath, batch: Int, purpose: Purpose, images: [Float]
  ) -> Propagation {
    let propagation = Propagation(
      network, batch: batch, purpose: purpose,
      on: Processor(pool: ThreadPool(threads: 2), table: path.table, format: .bf16))
    for (index, value) in images.enumerated() { propagation.input.bfloats[index] = bfloat(value) }
    return propagation
  }

  @Test(arguments: KernelTable.bfloatPaths, cases ?? [])
  func logits(path: BFloatPath, golden: GoldenLogits.Case) throws {
    let network = try goldenNetwork(
      golden.model, shortcut: golden.shortcut,
      Shape(height: golden.height, width: golden.width, channels: golden.channels), classes: golden.classes)
    let propagation = propagation(
      network, path, batch: golden.batch, purpose: golden.mode == "train" ? .training : .inference,
      images: GoldenValues.images(
        golden.batch, height: golden.height, width: golden.width, channels: golden.channels))
    propagation.forward()
    let distance = relativeDistance(Array(propagation.logits.values), golden.logits.flatMap { $0 })
    #expect(distance < Self.tolerance)
  }

  @Test(arguments: KernelTable.bfloatPaths, try GoldenGradients.load().cases)
  func gradients(path: BFloatPath, golden: GoldenGradients.Case) throws {
    let common = try GoldenGradients.load()
    let network = try goldenNetwork(
      common.model, shortcut: common.shortcut,
      Shape(height: common.height, width: common.width, channels: common.channels), classes: common.classes)
    let propagation = propagation(
      network, path, batch: common.batch, purpose: .training,
      images: GoldenValues.images(
        common.batch, height: common.height, width: common.width, channels: common.channels, seed: common.inputSeed))
    propagation.forward()
    let gradient = try #require(propagation.logitsGradient)
    let loss = common.labels.map(Int32.init).withUnsafeBufferPointer {
      softmaxCrossEntropy(
        propagation.logits, labels: $0, smoothing: Float(golden.smoothing), gradient: gradient,
        on: propagation.memory.execution)
    }
    #expect(abs(loss - golden.lossInDouble) < 0.01)
    propagation.backward()
    let url = GoldenFile.url("NetworksTests/Golden/\(common.file)")
    let file = try SafeTensors(Array(Data(contentsOf: url)), path: url.path)
    for parameter in network.plan.parameters {
      guard case .float(let expected)? = file.tensors["\(golden.name).\(parameter.name)"]?.values else { continue }
      var found = [Float](repeating: 0, count: parameter.count)
      parameter.layout.forEachTorchElement {
        found[$0] = propagation.memory.gradients.base[parameter.offset + $1]
      }
      let difference = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let size = expected.reduce(0) { $0 + $1 * $1 }
      #expect(
        difference <= Self.gradientTolerance * Self.gradientTolerance * size, "the gradient of \(parameter.name)")
    }
  }
}
