import Kernels
import Support
import Testing

@Suite struct AdditionTests {
  @Test(arguments: LoopPath.available, [1, 15, 16, 17, 100, 40_000])
  func sumsAndTheirGradients(path: LoopPath, length: Int) {
    let (execution, format) = (Execution.test(threads: 2, path.set, scratch: ScratchSize()), path.format)
    let first = Filled(count: length, seed: 1, format: format)
    let second = Filled(count: length, seed: 2, format: format)
    let output = Filled(count: length, seed: 3, format: format)
    let (a, b) = (first.floats, second.floats)
    let sum = zip(a, b).map { path.stored($0 + $1) }
    add(first.tensor, second.tensor, into: output.tensor, on: execution)
    #expect(Bool(output.floats == sum && output.isIntact))

    let target = Filled(count: length, seed: 5, format: format)
    let before = target.floats
    addBackward(first.tensor, into: target.tensor, accumulating: true, on: execution)
    #expect(Bool(target.floats == zip(a, before).map { path.stored($0 + $1) }))
    addBackward(first.tensor, into: target.tensor, on: execution)
    #expect(Bool(target.floats == a && target.isIntact))
    add(first.tensor, second.tensor, into: first.tensor, on: execution)
    #expect(Bool(first.floats == sum && first.isIntact))
  }

  /// In one pass and in two, bit by bit.
  @Test(arguments: LoopPath.available, [1, 2, 3])
  func momentsOfASum(path: LoopPath, threads: Int) {
    let shape = Shape(height: 9, width: 11, channels: 48)
    let execution = Execution.test(threads: threads, path.set, scratch: normalizationScratch(shape, batch: 20))
    func operand(_ seed: Int) -> Filled { Filled(images: 20, shape: shape, seed: seed, format: path.format) }
    func vectors(_ numbers: Arena) -> BatchNormalization {
      BatchNormalization(
        channels: 48, rectify: true, gamma: numbers.base, beta: numbers.base + 48, runningMean: numbers.base + 96,
        runningVariance: numbers.base + 144,
        moments: BatchNormalization.Moments(at: numbers.base + 192, channels: 48), gradients: nil)
    }
    let (first, second, apart, together) = (operand(1), operand(2), operand(3), operand(4))
    let numbers = (0..<2).map { _ in Arena(count: 192 + BatchNormalization.Moments.count(channels: 48)) }
    add(first.tensor, second.tensor, into: apart.tensor, on: execution)
    measureMoments(of: apart.tensor, into: vectors(numbers[0]), on: execution)
    add(first.tensor, second.tensor, into: together.tensor, measuring: vectors(numbers[1]), on: execution)
    #expect(Bool(together.bits == apart.bits && together.isIntact))
    #expect(numbers[0].values.elementsEqual(numbers[1].values) && numbers[0].values.contains { $0 != 0 })
  }
}
