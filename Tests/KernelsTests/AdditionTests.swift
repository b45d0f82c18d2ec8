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
    #expect(output.floats == sum && output.isIntact)

    let target = Filled(count: length, seed: 5, format: format)
    let before = target.floats
    addBackward(first.tensor, into: target.tensor, accumulating: true, on: execution)
    #expect(target.floats == zip(a, before).map { path.stored($0 + $1) })
    addBackward(first.tensor, into: target.tensor, on: execution)
    #expect(target.floats == a && target.isIntact)
    add(first.tensor, second.tensor, into: first.tensor, on: execution)
    #expect(first.floats == sum && first.isIntact)
  }
}
