import Kernels
import Support
import Testing

/// One line of the table of poolings.
struct PoolingCase: Sendable, CustomStringConvertible {
  let images: Int
  let geometry: PoolingGeometry

  var description: String {
    "\(images)x\(geometry.input), kernel \(geometry.kernel)/\(geometry.stride) pad \(geometry.padding)"
  }

  init(_ images: Int, _ height: Int, _ width: Int, _ channels: Int, _ kernel: Int, stride: Int, padding: Int) {
    self.images = images
    geometry = PoolingGeometry(
      input: Shape(height: height, width: width, channels: channels), kernel: kernel, stride: stride, padding: padding)
  }

  static let all = [
    PoolingCase(2, 11, 12, 64, 3, stride: 2, padding: 1), PoolingCase(3, 8, 8, 16, 2, stride: 2, padding: 0),
    PoolingCase(1, 1, 1, 1, 1, stride: 1, padding: 0), PoolingCase(2, 7, 5, 17, 3, stride: 1, padding: 1),
    PoolingCase(5, 9, 9, 3, 4, stride: 3, padding: 2), PoolingCase(2, 6, 6, 33, 6, stride: 1, padding: 0),
    PoolingCase(2, 5, 5, 16, 2, stride: 3, padding: 1), PoolingCase(2, 7, 9, 32, 2, stride: 2, padding: 0),
  ]
}

@Suite struct PoolingTests {
  @Test(arguments: LoopPath.available, PoolingCase.all)
  func agreesWithItsTwin(path: LoopPath, test: PoolingCase) {
    let (images, geometry, format) = (test.images, test.geometry, path.format)
    let execution = Execution.test(path.set, scratch: ScratchSize())
    let input = Filled(images: images, shape: geometry.input, seed: 1, format: format)
    // Coarse values, so that windows have several largest ones.
    input.tensor.set(input.floats.map { $0.rounded() })
    let gradient = Filled(images: images, shape: geometry.output, seed: 2, format: format)
    let output = Filled(images: images, shape: geometry.output, seed: 3, format: format)

    poolMaximum(input.tensor, into: output.tensor, geometry: geometry, on: execution)
    #expect(Bool(output.doubles == Reference.poolMaximum(input.doubles, images: images, geometry)))
    if format == .fp32 {
      poolAverage(input.tensor, into: output.tensor, geometry: geometry, on: execution)
      #expect(
        relativeError(of: output.floats, to: Reference.poolAverage(input.doubles, images: images, geometry)) < 1e-6)
    }
    #expect(output.isIntact)

    let maximumReference = Reference.poolMaximumBackward(
      gradient.doubles, input: input.doubles, images: images, geometry)
    for accumulating in [false, true] {
      let target = Filled(images: images, shape: geometry.input, seed: 4, format: format)
      let before = target.doubles.map { accumulating ? $0 : 0 }
      poolMaximumBackward(
        gradient.tensor, input: input.tensor, into: target.tensor, accumulating: accumulating, geometry: geometry,
        on: execution)
      // Windows that overlap add their gradients one by one, and a bf16 sum is rounded after each.
      let sums = zip(before, maximumReference).map(+)
      #expect(excess(of: target.floats, over: sums) { 8 * path.rounding * (1 + abs(sums[$0])) + 1e-5 } <= 1)
      #expect(target.isIntact)
    }
  }

  @Test(arguments: LoopPath.available, [(1, 1, 1, 1), (3, 8, 8, 64), (5, 7, 7, 17), (2, 1, 9, 3)])
  func globalMeanAgreesWithItsTwin(path: LoopPath, test: (Int, Int, Int, Int)) {
    let (images, shape) = (test.0, Shape(height: test.1, width: test.2, channels: test.3))
    let execution = Execution.test(path.set, scratch: ScratchSize())
    let flat = Shape(height: 1, width: 1, channels: shape.channels)
    let input = Filled(images: images, shape: shape, seed: 1, format: path.format)
    let output = Filled(images: images, shape: flat, seed: 2)
    poolGlobalAverage(input.tensor, into: output.tensor, on: execution)
    let reference = Reference.poolGlobalAverage(input.doubles, images: images, shape)
    #expect(relativeError(of: output.floats, to: reference) < 1e-6)

    let gradient = Reference.poolGlobalAverageBackward(output.doubles, images: images, shape)
    for accumulating in [false, true] {
      let target = Filled(images: images, shape: shape, seed: 3, format: path.format)
      let before = target.doubles.map { accumulating ? $0 : 0 }
      poolGlobalAverageBackward(output.tensor, into: target.tensor, accumulating: accumulating, on: execution)
      #expect(
        relativeError(of: target.floats, to: zip(before, gradient).map(+), rounding: path.rounding) < 1e-6)
      #expect(target.isIntact)
    }
  }

  @Test(arguments: LoopPath.available, [1, 16, 17])
  func notANumberIsTheMaximum(path: LoopPath, channels: Int) {
    let geometry = PoolingGeometry(input: Shape(height: 2, width: 2, channels: channels), kernel: 2, stride: 2)
    let input = Filled(images: 1, shape: geometry.input, seed: 1, format: path.format)
    let values = input.floats
    input.tensor.set(values.indices.map { $0 / channels == 1 ? .nan : values[$0] })
    let output = Filled(images: 1, shape: geometry.output, seed: 2, format: path.format)
    poolMaximum(input.tensor, into: output.tensor, geometry: geometry, on: .test(path.set, scratch: ScratchSize()))
    #expect(output.floats.allSatisfy { $0.isNaN })
  }

  @Test(
    arguments: LoopPath.available, [(8, 8, 16, 32, 2), (7, 5, 3, 8, 2), (4, 4, 16, 16, 1), (9, 9, 17, 64, 3)])
  func shortcutAgreesWithItsTwin(path: LoopPath, test: (Int, Int, Int, Int, Int)) {
    let (from, stride) = (Shape(height: test.0, width: test.1, channels: test.2), test.4)
    let to = shortcutShape(from, stride: stride, channels: test.3)
    let (execution, format) = (Execution.test(path.set, scratch: ScratchSize()), path.format)
    let input = Filled(images: 3, shape: from, seed: 1, format: format)
    let output = Filled(images: 3, shape: to, seed: 2, format: format)
    shortenByPadding(input.tensor, stride: stride, into: output.tensor, on: execution)
    #expect(Bool(output.doubles == Reference.shorten(input.doubles, images: 3, from, stride: stride, channels: test.3)))

    let gradient = Filled(images: 3, shape: to, seed: 3, format: format)
    let target = Filled(images: 3, shape: from, seed: 4, format: format)
    shortenByPaddingBackward(gradient.tensor, stride: stride, into: target.tensor, on: execution)
    let once = Reference.shortenBackward(gradient.doubles, images: 3, from, stride: stride, channels: test.3)
    #expect(target.doubles == once)
    shortenByPaddingBackward(gradient.tensor, stride: stride, into: target.tensor, accumulating: true, on: execution)
    #expect(Bool(target.doubles == once.map { 2 * $0 }))
    #expect(output.isIntact && target.isIntact)
  }
}
