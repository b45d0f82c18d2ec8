import Kernels
import Support
import Testing

/// The kernels that only networks behind features use, against their twins.
@Suite struct FeatureKernelTests {
  @Test(
    arguments: InstructionSet.available,
    [
      (2, 7, 9, 16, 3, 1), (1, 8, 8, 32, 3, 2), (2, 5, 6, 17, 5, 1), (1, 9, 7, 3, 5, 2), (1, 1, 1, 40, 3, 1),
      (1, 2, 3, 16, 5, 2), (3, 14, 14, 48, 5, 1),
    ])
  func depthwise(set: InstructionSet, test: (Int, Int, Int, Int, Int, Int)) {
    let (images, height, width, channels, kernel, stride) = test
    let geometry = DepthwiseGeometry(
      same: Shape(height: height, width: width, channels: channels), kernel: kernel, stride: stride)
    let execution = Execution.test(threads: 2, set, scratch: ScratchSize())
    let input = Filled(images: images, shape: geometry.input, seed: 1)
    let weights = Filled(count: geometry.weightCount, seed: 2)
    let output = Filled(images: images, shape: geometry.output, seed: 3)
    convolveDepthwise(input.tensor, weights: weights.base, into: output.tensor, geometry: geometry, on: execution)
    let expected = Reference.convolveDepthwise(
      input.doubles, weights: weights.doubles, images: images, geometry)
    #expect(relativeError(of: output.floats, to: expected) < 1e-6 && output.isIntact)
  }

  @Test(arguments: InstructionSet.available, ActivationFunction.allCases)
  func activations(set: InstructionSet, function: ActivationFunction) {
    let execution = Execution.test(threads: 2, set, scratch: ScratchSize())
    for (rows, channels) in [(3, 16), (5, 17), (1, 1), (7, 50), (2, 40_000)] {
      let shape = Shape(height: rows, width: 1, channels: channels)
      let input = Filled(images: 1, shape: shape, seed: 1, deviation: 4)
      let bias = Filled(count: channels, seed: 2)
      let output = Filled(images: 1, shape: shape, seed: 3)
      for isBiased in [false, true] {
        activate(
          input.tensor, bias: isBiased ? UnsafePointer(bias.base) : nil, by: function, into: output.tensor,
          on: execution)
        let expected = input.floats.enumerated().map { index, value in
          Reference.activate(Double(isBiased ? value + bias.base[index % channels] : value), function)
        }
        // As far as 1e-6 of a value, or of 1 where a factor near 0 cancels.
        #expect(excess(of: output.floats, over: expected) { 1e-6 * max(1, abs(expected[$0])) } < 1)
        #expect(output.isIntact)
      }
    }
  }

  /// Far from zero nothing overflows, and NaN is seen.
  @Test(arguments: InstructionSet.available, ActivationFunction.allCases)
  func extremeActivations(set: InstructionSet, function: ActivationFunction) {
    let execution = Execution.test(set, scratch: ScratchSize())
    let values = Filled(count: 19, seed: 1)
    for (index, value) in [-3e38, -1000, -88, -0.0, 0, 88, 1000, 3e38].enumerated() {
      values.base[index] = Float(value)
    }
    values.base[18] = .nan
    let input = values.floats
    activate(values.tensor, by: function, into: values.tensor, on: execution)
    #expect(values.base[18].isNaN)
    for index in 0..<8 {
      let expected = Reference.activate(Double(input[index]), function)
      #expect(abs(Double(values.base[index]) - expected) <= 1e-6 * max(1, abs(expected)), "\(input[index])")
    }
  }

  @Test(arguments: InstructionSet.available, [(1, 16), (5, 17), (9, 768), (3, 1)])
  func layerNormalization(set: InstructionSet, extent: (Int, Int)) {
    let (rows, channels) = extent
    let execution = Execution.test(threads: 2, set, scratch: ScratchSize())
    // A large mean must not eat the deviations.
    let input = Filled(images: 1, shape: Shape(height: rows, width: 1, channels: channels), seed: 1, mean: 30)
    let (scale, shift) = (Filled(count: channels, seed: 2), Filled(count: channels, seed: 3))
    let output = Filled(images: 1, shape: input.tensor.shape, seed: 4)
    normalizeLayer(
      input.tensor, scale: scale.base, shift: shift.base, epsilon: 1e-5, into: output.tensor, on: execution)
    let expected = (0..<rows).flatMap { row in
      Reference.normalizeLayer(
        Array(input.doubles[row * channels..<(row + 1) * channels]), scale: scale.doubles, shift: shift.doubles,
        epsilon: 1e-5)
    }
    #expect(relativeError(of: output.floats, to: expected) < 1e-5 && output.isIntact)
  }

  @Test(arguments: InstructionSet.available, [(2, 50, 64, 2), (1, 5, 12, 3), (3, 1, 16, 1), (1, 17, 20, 4)])
  func attention(set: InstructionSet, test: (Int, Int, Int, Int)) {
    let (images, tokens, channels, heads) = test
    let shape = Shape(height: tokens, width: 1, channels: 3 * channels)
    let input = Filled(images: images, shape: shape, seed: 1, deviation: 2)
    let output = Filled(images: images, shape: Shape(height: tokens, width: 1, channels: channels), seed: 2)
    let (execution, single) = (
      Execution.test(threads: 2, set, scratch: attentionScratch(shape)),
      Execution.test(set, scratch: attentionScratch(shape))
    )
    attend(input.tensor, heads: heads, into: output.tensor, on: execution)
    let rows = (0..<images * tokens).map { Array(input.doubles[$0 * 3 * channels..<($0 + 1) * 3 * channels]) }
    let expected = (0..<images).flatMap { image in
      Reference.attend(Array(rows[image * tokens..<(image + 1) * tokens]), heads: heads).flatMap { $0 }
    }
    #expect(relativeError(of: output.floats, to: expected) < 1e-5 && output.isIntact)
    let bits = output.bits
    attend(input.tensor, heads: heads, into: output.tensor, on: single)
    #expect(Bool(output.bits == bits))
  }

  @Test func meansWithoutThePadding() {
    for test in PoolingCase.all {
      let execution = Execution.test(threads: 2, InstructionSet.available[0], scratch: ScratchSize())
      let input = Filled(images: test.images, shape: test.geometry.input, seed: 1)
      let output = Filled(images: test.images, shape: test.geometry.output, seed: 2)
      poolAverageInside(input.tensor, into: output.tensor, geometry: test.geometry, on: execution)
      let expected = Reference.poolAverageInside(input.doubles, images: test.images, test.geometry)
      #expect(relativeError(of: output.floats, to: expected) < 1e-6 && output.isIntact)
    }
  }

  @Test func arrangements() {
    let execution = Execution.test(threads: 2, InstructionSet.available[0], scratch: ScratchSize())
    let parts = [3, 16, 5].map { channels in
      Filled(images: 2, shape: Shape(height: 3, width: 2, channels: channels), seed: channels)
    }
    let whole = Filled(images: 2, shape: Shape(height: 3, width: 2, channels: 24), seed: 1)
    concatenate(parts.map(\.tensor), into: whole.tensor, on: execution)
    var rows: [Float] = []
    for row in 0..<12 {
      for part in parts {
        let width = part.tensor.shape.channels
        rows += part.floats[row * width..<(row + 1) * width]
      }
    }
    #expect(Bool(whole.floats == rows && whole.isIntact))

    let small = parts[0]
    let framed = Filled(images: 2, shape: Shape(height: 6, width: 3, channels: 3), seed: 2)
    padWithZeros(small.tensor, top: 1, left: 0, into: framed.tensor, on: execution)
    for image in 0..<2 {
      for row in 0..<6 {
        for column in 0..<3 {
          for channel in 0..<3 {
            let isInside = (1..<4).contains(row) && column < 2
            let expected = isInside ? small.floats[((image * 3 + row - 1) * 2 + column) * 3 + channel] : 0
            #expect(framed.floats[((image * 6 + row) * 3 + column) * 3 + channel] == expected)
          }
        }
      }
    }

    let (first, places) = (Filled(count: 3, seed: 3), Filled(count: 21, seed: 4))
    let tokens = Filled(images: 2, shape: Shape(height: 7, width: 1, channels: 3), seed: 5)
    embedTokens(small.tensor, first: first.base, positions: places.base, into: tokens.tensor, on: execution)
    var expected: [Float] = []
    for image in 0..<2 {
      let row: [Float] = first.floats + Array(small.floats[image * 18..<(image + 1) * 18])
      expected += zip(row, places.floats).map { $0 + $1 }
    }
    #expect(Bool(tokens.floats == expected && tokens.isIntact))
    let taken = Filled(images: 2, shape: Shape(height: 1, width: 1, channels: 3), seed: 6)
    takeFirstPosition(tokens.tensor, into: taken.tensor)
    #expect(taken.floats == Array(expected[0..<3]) + Array(expected[21..<24]))
  }
}
