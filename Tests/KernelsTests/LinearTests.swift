import Kernels
import Support
import Testing

@Suite struct LinearTests {
  static let cases = [(1, 1, 1), (5, 64, 10), (128, 64, 10), (49, 17, 33), (3, 512, 1000), (97, 130, 16)]

  @Test(arguments: InstructionSet.available, cases)
  func agreesWithItsTwin(set: InstructionSet, test: (Int, Int, Int)) {
    let (images, inputs, outputs) = test
    let geometry = LinearGeometry(inputs: inputs, outputs: outputs)
    let execution = Execution.test(threads: 2, set, scratch: linearScratch(geometry))
    let input = Filled(images: images, shape: Shape(height: 1, width: 1, channels: inputs), seed: 1)
    let output = Filled(images: images, shape: Shape(height: 1, width: 1, channels: outputs), seed: 2)
    let (weights, bias) = (Filled(count: inputs * outputs, seed: 3), Filled(count: outputs, seed: 4))
    multiplyLinear(
      input.tensor, weights: weights.base, bias: bias.base, into: output.tensor, geometry: geometry, on: execution)
    let product = Reference.multiplyLinear(input.doubles, weights: weights.doubles, bias: bias.doubles, inputs: inputs)
    #expect(relativeError(of: output.floats, to: product) < 2e-6)

    let gradient = Filled(images: images, shape: output.tensor.shape, seed: 5)
    let (dy, w, x) = (gradient.doubles, weights.doubles, input.doubles)
    let dataReference = Reference.multiplyLinearBackwardData(dy, weights: w, geometry)
    for accumulating in [false, true] {
      let target = Filled(images: images, shape: input.tensor.shape, seed: 6)
      let before = target.doubles.map { accumulating ? $0 : 0 }
      multiplyLinearBackwardData(
        gradient.tensor, weights: weights.base, into: target.tensor, accumulating: accumulating, geometry: geometry,
        on: execution)
      #expect(relativeError(of: target.floats, to: zip(before, dataReference).map(+)) < 2e-6)
      #expect(target.isIntact)
    }
    let (weightGradient, biasGradient) = (Filled(count: inputs * outputs, seed: 7), Filled(count: outputs, seed: 8))
    multiplyLinearBackwardWeights(
      gradient.tensor, input: input.tensor, into: weightGradient.base, bias: biasGradient.base, geometry: geometry,
      on: execution)
    let reference = Reference.multiplyLinearBackwardWeights(dy, input: x, geometry)
    #expect(relativeError(of: weightGradient.floats, to: reference.weights) < 2e-6)
    #expect(relativeError(of: biasGradient.floats, to: reference.bias) < 1e-6)
    #expect([output, weightGradient, biasGradient].allSatisfy { $0.isIntact })
  }

  @Test(arguments: InstructionSet.available, cases)
  func imageHasTheSameBitsInEveryBatch(set: InstructionSet, test: (Int, Int, Int)) {
    let (images, inputs, outputs) = test
    let geometry = LinearGeometry(inputs: inputs, outputs: outputs)
    let execution = Execution.test(set, scratch: linearScratch(geometry))
    let input = Filled(images: images, shape: Shape(height: 1, width: 1, channels: inputs), seed: 1)
    let weights = Filled(count: inputs * outputs, seed: 3)
    let whole = Filled(images: images, shape: Shape(height: 1, width: 1, channels: outputs), seed: 2)
    multiplyLinear(
      input.tensor, weights: weights.base, bias: nil, into: whole.tensor, geometry: geometry, on: execution)
    let alone = Filled(images: images, shape: whole.tensor.shape, seed: 4)
    for image in 0..<images {
      multiplyLinear(
        input.tensor[image..<image + 1], weights: weights.base, bias: nil, into: alone.tensor[image..<image + 1],
        geometry: geometry, on: execution)
    }
    let same = whole.bits == alone.bits
    #expect(same)
  }
}
