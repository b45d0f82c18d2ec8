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
    let reference = Reference.multiplyLinear(
      input.doubles, weights: weights.doubles, bias: bias.doubles, inputs: inputs)
    #expect(relativeError(of: output.floats, to: reference) < 2e-6)

    // dx = dy W' is the product with the transposed weights, dW = x' dy with the transposed input.
    let gradient = Filled(images: images, shape: output.tensor.shape, seed: 5)
    let (dy, w, x) = (gradient.doubles, weights.doubles, input.doubles)
    let transposed = (0..<inputs * outputs).map { w[$0 % inputs * outputs + $0 / inputs] }
    let dataReference = Reference.multiplyLinear(
      dy, weights: transposed, bias: [Double](repeating: 0, count: inputs), inputs: outputs)
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
    let columns = (0..<inputs).flatMap { column in (0..<images).map { x[$0 * inputs + column] } }
    let weightReference = Reference.multiplyLinear(
      columns, weights: dy, bias: [Double](repeating: 0, count: outputs), inputs: images)
    #expect(relativeError(of: weightGradient.floats, to: weightReference) < 2e-6)
    let biasReference = (0..<outputs).map { output in
      (0..<images).reduce(0) { $0 + dy[$1 * outputs + output] }
    }
    #expect(relativeError(of: biasGradient.floats, to: biasReference) < 1e-6)
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
