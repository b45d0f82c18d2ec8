import Kernels
import Support
import Testing

/// Every algorithm on every convolution and pass that it can compute, whichever the table would choose.
@Suite struct ForcedAlgorithmTests {
  @Test(arguments: ConvolutionCase.chosen, ConvolutionPass.allCases)
  func agreesWithItsTwin(test: ConvolutionCase, pass: ConvolutionPass) {
    compare(test, pass, ConvolutionAlgorithm.allCases.filter { test.geometry.allows($0, pass) })
  }

  /// The same in a second, for a processor that is emulated.
  @Test(arguments: ConvolutionPass.allCases)
  func everyAlgorithmAgreesOnASmallConvolution(pass: ConvolutionPass) {
    let test = ConvolutionCase(1, 12, 12, 16, to: 32, 3, 3, stride: 1, padding: 1)
    #expect(ConvolutionAlgorithm.allCases.allSatisfy { test.geometry.allows($0, pass) })
    compare(test, pass, ConvolutionAlgorithm.allCases)
  }

  private func compare(_ test: ConvolutionCase, _ pass: ConvolutionPass, _ algorithms: [ConvolutionAlgorithm]) {
    let expected = reference(test, pass, magnitudes: false)
    // What the tolerance is relative to.
    let scale = reference(test, pass, magnitudes: true)
    for set in InstructionSet.available {
      for algorithm in algorithms {
        let result = compute(test, pass, algorithm, set)
        let largest = excess(of: result, over: expected) { ConvolutionTests.tolerance(algorithm) * scale[$0] + 1e-30 }
        #expect(largest <= 1, "\(algorithm), \(set)")
      }
    }
  }

  /// A step of many weights takes whole images, and a large image has more tiles than it would take of small ones.
  @Test(arguments: ConvolutionPass.allCases)
  func imagesOfMoreTilesThanAStepUsuallyHas(pass: ConvolutionPass) {
    let test = ConvolutionCase(2, 96, 92, 128, to: 128, 3, 3, stride: 1, padding: 1)
    let set = InstructionSet.available[InstructionSet.available.count - 1]
    let expected = compute(test, pass, .packedGEMM, set)
    let scale = expected.reduce(0) { max($0, abs($1)) }
    let alone = compute(test, pass, .winograd, set)
    for threads in [1, 2, 40] {
      let result = threads == 1 ? alone : compute(test, pass, .winograd, set, threads: threads)
      #expect(Bool(result == alone), "\(threads) threads")
      #expect(zip(result, expected).allSatisfy { abs($0 - $1) <= 1e-4 * scale }, "\(threads) threads")
    }
  }

  private func operands(_ test: ConvolutionCase) -> (input: Filled, weights: Filled, output: Filled) {
    (
      Filled(images: test.images, shape: test.geometry.input, seed: 1),
      Filled(count: test.geometry.weightCount, seed: 2),
      Filled(images: test.images, shape: test.geometry.output, seed: 3)
    )
  }

  private func reference(_ test: ConvolutionCase, _ pass: ConvolutionPass, magnitudes: Bool) -> [Double] {
    let (input, weights, output) = operands(test)
    func numbers(_ filled: Filled) -> [Double] { magnitudes ? filled.doubles.map(abs) : filled.doubles }
    let (x, w, dy, geometry) = (numbers(input), numbers(weights), numbers(output), test.geometry)
    return switch pass {
    case .forward: Reference.convolve(x, weights: w, images: test.images, geometry)
    case .data: Reference.convolveBackwardData(dy, weights: w, images: test.images, geometry)
    case .weights: Reference.convolveBackwardWeights(dy, input: x, images: test.images, geometry)
    }
  }

  private func compute(
    _ test: ConvolutionCase, _ pass: ConvolutionPass, _ algorithm: ConvolutionAlgorithm, _ set: InstructionSet,
    threads: Int = 1
  ) -> [Float] {
    let (input, weights, output) = operands(test)
    let geometry = test.geometry
    let execution = Execution(
      pool: ThreadPool(threads: threads), table: .table(for: set),
      scratch: convolutionScratch(geometry, batch: test.images), forcing: algorithm)
    #expect(execution.algorithm(pass, of: geometry) == algorithm)
    switch pass {
    case .forward:
      convolve(input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, on: execution)
      return output.floats
    case .data:
      convolveBackwardData(
        output.tensor, weights: weights.base, into: input.tensor, accumulating: false, geometry: geometry,
        on: execution)
      return input.floats
    case .weights:
      convolveBackwardWeights(
        output.tensor, input: input.tensor, into: weights.base, geometry: geometry, on: execution)
      return weights.floats
    }
  }

  @Test func theTableNamesOnlyWhatIsPossible() {
    let table = ConvolutionTable.measured
    #expect(table.geometries.count > 100)
    for geometry in table.geometries {
      for pass in ConvolutionPass.allCases {
        guard let algorithm = table[geometry, pass] else { continue }
        #expect(geometry.allows(algorithm, pass), "\(geometry.label), \(pass)")
        #expect(geometry.algorithm(pass, .auto) == algorithm && geometry.algorithm(pass, .blas) == .im2col)
      }
    }
  }

  @Test func convolutionsThatAreNotInTheTableFollowRules() {
    let geometry = ConvolutionGeometry(
      input: Shape(height: 23, width: 19, channels: 64), outputChannels: 64, kernelHeight: 3, kernelWidth: 3, padding: 1
    )
    #expect(ConvolutionTable.measured[geometry, .forward] == nil)
    #expect(geometry.algorithm(.forward, .auto) == .winograd && geometry.algorithm(.forward, .blas) == .im2col)
    #expect(geometry.label == "23x19x64 -> 64 3x3")
  }
}
