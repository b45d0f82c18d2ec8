import Kernels
import Randomness
import Support
import Testing

/// One line of the table of convolutions that fast and slow kernels are compared on.
struct ConvolutionCase: Sendable, CustomStringConvertible {
  let geometry: ConvolutionGeometry
  let images: Int

  var description: String {
    let g = geometry
    return
      "\(images)x\(g.input) -> \(g.outputChannels), \(g.kernelHeight)x\(g.kernelWidth)/\(g.stride) pad \(g.padding)"
  }

  init(
    _ images: Int, _ height: Int, _ width: Int, _ channels: Int, to outputs: Int, _ kernelHeight: Int,
    _ kernelWidth: Int, stride: Int, padding: Int
  ) {
    self.images = images
    geometry = ConvolutionGeometry(
      input: Shape(height: height, width: width, channels: channels), outputChannels: outputs,
      kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: stride, padding: padding)
  }

  /// The layers of the networks, cut short, and the corners where tiles are shared, cut or padded.
  static let chosen: [ConvolutionCase] = [
    ConvolutionCase(2, 32, 32, 3, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 32, 32, 16, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(3, 32, 32, 16, to: 32, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(3, 16, 16, 32, to: 32, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 8, 8, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 4, 4, 64, to: 48, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 6, 5, 16, to: 48, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(67, 2, 2, 128, to: 144, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 2, 2, 16, to: 32, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 30, 33, 32, to: 16, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 15, 13, 128, to: 128, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 1, 1, 96, to: 80, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 2, 2, 64, to: 64, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(3, 14, 14, 64, to: 128, 1, 1, stride: 1, padding: 0),
    ConvolutionCase(3, 14, 14, 64, to: 96, 1, 1, stride: 2, padding: 0),
    ConvolutionCase(3, 7, 9, 64, to: 80, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 2, 3, 96, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 1, 1, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 17, 20, 128, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(5, 4, 4, 256, to: 256, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(1, 28, 28, 64, to: 64, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(1, 64, 64, 3, to: 64, 7, 7, stride: 2, padding: 3),
    ConvolutionCase(5, 2, 2, 64, to: 96, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(3, 1, 1, 32, to: 64, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(3, 1, 5, 32, to: 32, 3, 3, stride: 1, padding: 1),
    ConvolutionCase(2, 9, 8, 32, to: 160, 1, 1, stride: 2, padding: 0),
    ConvolutionCase(2, 16, 14, 64, to: 144, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(2, 16, 16, 16, to: 32, 3, 3, stride: 3, padding: 1),
    ConvolutionCase(2, 4, 4, 16, to: 16, 1, 1, stride: 2, padding: 3),
    ConvolutionCase(5, 4, 4, 64, to: 64, 3, 3, stride: 2, padding: 1),
    ConvolutionCase(2, 9, 6, 5, to: 7, 3, 5, stride: 1, padding: 2),
    ConvolutionCase(2, 9, 6, 5, to: 7, 5, 1, stride: 1, padding: 0),
    ConvolutionCase(2, 9, 6, 5, to: 7, 1, 1, stride: 1, padding: 2),
    ConvolutionCase(2, 9, 6, 5, to: 7, 1, 2, stride: 3, padding: 1),
    ConvolutionCase(129, 1, 1, 17, to: 3, 1, 1, stride: 1, padding: 0),
  ]

  /// Odd shapes, drawn once from a fixed stream.
  static let drawn: [ConvolutionCase] = {
    var stream = RandomStream(seed: 5, purpose: "convolution shapes")
    let channels = [1, 3, 16, 17]
    return (0..<120).map { _ in
      let (height, width) = (1 + stream.nextInteger(below: 7), 1 + stream.nextInteger(below: 7))
      let padding = stream.nextInteger(below: 4)
      return ConvolutionCase(
        1 + stream.nextInteger(below: 5), max(height - 2 * padding, 1 + stream.nextInteger(below: 33)),
        max(width - 2 * padding, 1 + stream.nextInteger(below: 33)), channels[stream.nextInteger(below: 4)],
        to: channels[stream.nextInteger(below: 4)], height, width, stride: 1 + stream.nextInteger(below: 2),
        padding: padding)
    }
  }()

  static let all = chosen + drawn
}

@Suite struct ConvolutionTests {
  /// A sum of floats in any order is off by a few rounding errors of the sum of its terms' magnitudes.
  ///
  /// Winograd's algorithms lose about one bit more in their transforms, and all results of a tile share the rounding
  /// errors of its largest terms: a result that sums few of them, at an edge of the image, has the error of those that
  /// sum all.
  private static func tolerance(_ path: KernelPath, _ geometry: ConvolutionGeometry) -> Double {
    let isWinograd =
      path.choice == .auto && geometry.kernelHeight == 3 && geometry.kernelWidth == 3 && geometry.stride == 1
      && geometry.padding == 1 && geometry.input.channels % 16 == 0 && geometry.outputChannels % 16 == 0
    return isWinograd ? 3e-6 : 1e-6
  }

  @Test(arguments: KernelPath.available, ConvolutionCase.all)
  func agreesWithItsTwin(path: KernelPath, test: ConvolutionCase) {
    let (geometry, images) = (test.geometry, test.images)
    let tolerance = Self.tolerance(path, geometry)
    let input = Filled(images: images, shape: geometry.input, seed: 1)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let gradient = Filled(images: images, shape: geometry.output, seed: 3)
    let execution = Execution.test(path, scratch: convolutionScratch(geometry, batch: images))
    let (x, w, dy) = (input.doubles, weights.doubles, gradient.doubles)
    let (absoluteX, absoluteW, absoluteDy) = (x.map(abs), w.map(abs), dy.map(abs))

    let output = Filled(images: images, shape: geometry.output, seed: 4)
    convolve(input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, on: execution)
    let outputScale = Reference.convolve(absoluteX, weights: absoluteW, images: images, geometry)
    let outputReference = Reference.convolve(x, weights: w, images: images, geometry)
    #expect(
      excess(of: output.floats, over: outputReference) { tolerance * outputScale[$0] + 1e-30 } <= 1)
    #expect(output.isIntact)

    let inputGradient = Filled(images: images, shape: geometry.input, seed: 5)
    let before = inputGradient.doubles
    let dataScale = Reference.convolveBackwardData(absoluteDy, weights: absoluteW, images: images, geometry)
    let dataReference = Reference.convolveBackwardData(dy, weights: w, images: images, geometry)
    convolveBackwardData(
      gradient.tensor, weights: weights.base, into: inputGradient.tensor, accumulating: true, geometry: geometry,
      on: execution)
    let summed = before.indices.map { before[$0] + dataReference[$0] }
    #expect(
      excess(of: inputGradient.floats, over: summed) { tolerance * (dataScale[$0] + abs(before[$0])) + 1e-30 } <= 1
    )
    convolveBackwardData(
      gradient.tensor, weights: weights.base, into: inputGradient.tensor, accumulating: false, geometry: geometry,
      on: execution)
    #expect(
      excess(of: inputGradient.floats, over: dataReference) { tolerance * dataScale[$0] + 1e-30 } <= 1)
    #expect(inputGradient.isIntact)

    let weightGradient = Filled(count: geometry.weightCount, seed: 6)
    convolveBackwardWeights(
      gradient.tensor, input: input.tensor, into: weightGradient.base, geometry: geometry, on: execution)
    let weightScale = Reference.convolveBackwardWeights(absoluteDy, input: absoluteX, images: images, geometry)
    let weightReference = Reference.convolveBackwardWeights(dy, input: x, images: images, geometry)
    #expect(
      excess(of: weightGradient.floats, over: weightReference) { tolerance * weightScale[$0] + 1e-30 } <= 1)
    #expect(weightGradient.isIntact)
  }

  @Test(arguments: KernelPath.available, ConvolutionCase.all)
  func imageHasTheSameBitsInEveryBatch(path: KernelPath, test: ConvolutionCase) {
    let geometry = test.geometry
    let input = Filled(images: 5, shape: geometry.input, seed: 1)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let gradient = Filled(images: 5, shape: geometry.output, seed: 3)
    let execution = Execution.test(path, scratch: convolutionScratch(geometry, batch: 5))

    func results(_ images: Range<Int>, accumulating: Bool) -> [UInt32] {
      let output = Filled(images: 5, shape: geometry.output, seed: 4)
      let inputGradient = Filled(images: 5, shape: geometry.input, seed: 5)
      convolve(
        input.tensor[images], weights: weights.base, into: output.tensor[images], geometry: geometry, on: execution)
      convolveBackwardData(
        gradient.tensor[images], weights: weights.base, into: inputGradient.tensor[images],
        accumulating: accumulating, geometry: geometry, on: execution)
      let last = images.upperBound - 1..<images.upperBound
      return (Array(output.tensor[last].values) + Array(inputGradient.tensor[last].values)).map(\.bitPattern)
    }

    for accumulating in [false, true] {
      let alone = results(4..<5, accumulating: accumulating)
      let same =
        results(0..<5, accumulating: accumulating) == alone && results(2..<5, accumulating: accumulating) == alone
      #expect(same, "accumulating: \(accumulating)")
    }
  }

  @Test func countsWhatAPaperCounts() {
    let stem = ConvolutionGeometry(
      input: Shape(height: 224, width: 224, channels: 3), outputChannels: 64, kernelHeight: 7, kernelWidth: 7,
      stride: 2, padding: 3)
    #expect(stem.output == Shape(height: 112, width: 112, channels: 64))
    #expect(stem.k == 147)
    #expect(stem.weightCount == 9408)
    #expect(stem.multiplyAdds == 118_013_952)
  }
}
