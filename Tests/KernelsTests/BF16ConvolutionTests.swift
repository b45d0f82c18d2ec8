import Kernels
import Support
import Testing

extension ConvolutionCase {
  /// The layers of the networks, cut short, and the corners where images share tiles or blocks overlap. Channels behind
  /// the images are whole vectors.
  static let bf16: [ConvolutionCase] = [
    ConvolutionCase(3, 32, 32, 3, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 28, 28, 1, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(1, 64, 64, 3, to: 64, 7, 7, stride: 2, padding: 3),
    ConvolutionCase(2, 11, 9, 3, to: 64, 7, 7, stride: 2, padding: 3),
    ConvolutionCase(3, 32, 32, 16, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 15, 13, 16, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(3, 32, 32, 16, to: 32, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(3, 17, 31, 16, to: 48, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(3, 16, 16, 32, to: 32, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 8, 8, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 4, 4, 64, to: 48, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 4, 4, 64, to: 64, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(7, 2, 2, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 1, 1, 96, to: 80, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(37, 2, 2, 64, to: 64, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(2, 1, 1, 3072, to: 480, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(3, 14, 14, 64, to: 128, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(3, 14, 14, 64, to: 96, 1, 1, stride: 2, padding: 0),
    ConvolutionCase(3, 4, 4, 64, to: 96, 1, 1, stride: 2, padding: 0),
    ConvolutionCase(3, 7, 9, 64, to: 80, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 17, 20, 128, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(19, 4, 4, 256, to: 256, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(1, 56, 56, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 13, 12, 32, to: 32, 5, 5, stride: 2, padding: 2),
    ConvolutionCase(2, 13, 12, 32, to: 16, 3, 3, stride: 3, padding: 1),
    ConvolutionCase(2, 9, 6, 16, to: 16, 1, 2, stride: 3, padding: 1),
    ConvolutionCase(2, 9, 6, 16, to: 16, 5, 1, stride: 1, padding: 0),
  ]

  static let bf16Inside = bf16.filter { $0.geometry.input.channels % 16 == 0 }
}

/// Convolutions of bf16 images against the naive twin in double precision on the same bf16 numbers.
@Suite(.enabled(if: KernelTable.bf16Paths.count > 0, "no path through bf16 dot products here"))
struct BF16ConvolutionTests {
  /// Weights, transformed tiles and results are rounded to 8 bits: half a unit is 2⁻⁹ of a number. Their errors are of
  /// both signs and add up like the results themselves, so that the root mean square of the error is a few of 2⁻⁹ of the
  /// results'; a wrong tap or edge is an error of the order of the results.
  private static let tolerance = 0x1p-7

  private func check(_ found: [Float], _ expected: [Double], _ what: Comment) {
    let error = zip(found, expected).reduce(0) {
      $0 + ($1.0.isFinite ? (Double($1.0) - $1.1) * (Double($1.0) - $1.1) : .infinity)
    }
    let size = expected.reduce(0) { $0 + $1 * $1 }
    #expect(error.squareRoot() <= Self.tolerance * size.squareRoot(), what)
    // No single value may be far off: an edge is few of many.
    let largest = (size / Double(max(1, expected.count))).squareRoot()
    let worst = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1) / (largest + abs($1.1))) }
    #expect(worst < 0x1p-4, what)
  }

  @Test(arguments: KernelTable.bf16Paths, ConvolutionCase.bf16)
  func agreesWithItsTwin(path: BF16Path, test: ConvolutionCase) {
    let (geometry, images) = (test.geometry, test.images)
    let input = Filled(images: images, shape: geometry.input, seed: 1, format: .bf16)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let gradient = Filled(images: images, shape: geometry.output, seed: 3, format: .bf16)
    let execution = path.execution(convolutionScratch(geometry, batch: images, format: .bf16))
    let (x, w, dy) = (input.doubles, weights.doubles, gradient.doubles)

    let output = Filled(images: images, shape: geometry.output, seed: 4, format: .bf16)
    convolve(input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, on: execution)
    check(output.floats, Reference.convolve(x, weights: w, images: images, geometry), "forward")
    #expect(output.isIntact)

    let weightGradient = Filled(count: geometry.weightCount, seed: 6)
    convolveBackwardWeights(
      gradient.tensor, input: input.tensor, into: weightGradient.base, geometry: geometry, on: execution)
    check(
      weightGradient.floats, Reference.convolveBackwardWeights(dy, input: x, images: images, geometry), "weights")
    #expect(weightGradient.isIntact)

  }

  /// Images of a few channels have no gradient: they come first.
  @Test(arguments: KernelTable.bf16Paths, ConvolutionCase.bf16Inside)
  func dataGradientAgreesWithItsTwin(path: BF16Path, test: ConvolutionCase) {
    #expect(ConvolutionCase.bf16Inside.count == 23)
    let (geometry, images) = (test.geometry, test.images)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let gradient = Filled(images: images, shape: geometry.output, seed: 3, format: .bf16)
    let execution = path.execution(convolutionScratch(geometry, batch: images, format: .bf16))
    let (w, dy) = (weights.doubles, gradient.doubles)
    let inputGradient = Filled(images: images, shape: geometry.input, seed: 5, format: .bf16)
    let before = inputGradient.doubles
    let reference = Reference.convolveBackwardData(dy, weights: w, images: images, geometry)
    convolveBackwardData(
      gradient.tensor, weights: weights.base, into: inputGradient.tensor, accumulating: true, geometry: geometry,
      on: execution)
    check(inputGradient.floats, zip(before, reference).map { $0 + $1 }, "data, added")
    convolveBackwardData(
      gradient.tensor, weights: weights.base, into: inputGradient.tensor, accumulating: false, geometry: geometry,
      on: execution)
    check(inputGradient.floats, reference, "data")
    #expect(inputGradient.isIntact)
  }

  @Test(arguments: KernelTable.bf16Paths, ConvolutionCase.bf16)
  func imageHasTheSameBitsInEveryBatch(path: BF16Path, test: ConvolutionCase) {
    let geometry = test.geometry
    let input = Filled(images: 5, shape: geometry.input, seed: 1, format: .bf16)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let gradient = Filled(images: 5, shape: geometry.output, seed: 3, format: .bf16)
    let execution = path.execution(convolutionScratch(geometry, batch: 5, format: .bf16))

    func results(_ images: Range<Int>) -> [UInt16] {
      let output = Filled(images: 5, shape: geometry.output, seed: 4, format: .bf16)
      let inputGradient = Filled(images: 5, shape: geometry.input, seed: 5, format: .bf16)
      convolve(
        input.tensor[images], weights: weights.base, into: output.tensor[images], geometry: geometry, on: execution)
      if geometry.input.channels % 16 == 0 {
        convolveBackwardData(
          gradient.tensor[images], weights: weights.base, into: inputGradient.tensor[images], accumulating: true,
          geometry: geometry, on: execution)
      }
      let last = images.upperBound - 1..<images.upperBound
      return [output, inputGradient].flatMap { filled in
        let tensor = filled.tensor[last]
        return (0..<tensor.count).map { tensor.bf16Base[$0] }
      }
    }

    let alone = results(4..<5)
    #expect(Bool(results(0..<5) == alone))
    #expect(Bool(results(2..<5) == alone))
  }

  /// So many pairs that tiles take the images in groups: the sum over all is that over two parts, in floats. Emulated
  /// tiles would take minutes.
  @Test(.enabled(if: InstructionSet.amx.isAvailable, "no AMX"), arguments: [1, 3])
  func manyImagesAreSummedInGroups(threads: Int) {
    let test = ConvolutionCase(40, 14, 14, 256, to: 256, 3, 3, stride: 1, padding: 1)
    let geometry = test.geometry
    let input = Filled(images: test.images, shape: geometry.input, seed: 1, format: .bf16)
    let gradient = Filled(images: test.images, shape: geometry.output, seed: 3, format: .bf16)
    let execution = Execution(
      pool: ThreadPool(threads: threads), table: .table(for: .amx),
      scratch: convolutionScratch(geometry, batch: test.images, format: .bf16))
    func sum(_ images: Range<Int>) -> [Float] {
      let weights = Filled(count: geometry.weightCount, seed: 6)
      convolveBackwardWeights(
        gradient.tensor[images], input: input.tensor[images], into: weights.base, geometry: geometry, on: execution)
      #expect(weights.isIntact)
      return weights.floats
    }
    let parts = zip(sum(0..<33), sum(33..<40)).map { Double($0) + Double($1) }
    let whole = sum(0..<40)
    let size = parts.reduce(0) { $0 + $1 * $1 }
    let error = zip(whole, parts).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    #expect(size > 0 && error <= 1e-12 * size)
  }
}
