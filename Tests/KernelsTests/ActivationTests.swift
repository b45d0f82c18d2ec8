import Kernels
import Support
import Testing

@Suite struct ActivationTests {
  static let lengths = [1, 15, 16, 17, 100, 40_000]

  @Test(arguments: InstructionSet.available, lengths)
  func rectifierAndSum(set: InstructionSet, length: Int) {
    let execution = Execution.test(threads: 2, set, scratch: ScratchSize())
    let (first, second) = (Filled(count: length, seed: 1), Filled(count: length, seed: 2))
    let output = Filled(count: length, seed: 3)
    let (a, b) = (first.floats, second.floats)

    rectify(first.tensor, into: output.tensor, on: execution)
    #expect(output.floats == a.map { max(0, $0) })
    add(first.tensor, second.tensor, into: output.tensor, on: execution)
    #expect(output.floats == zip(a, b).map(+))
    add(first.tensor, second.tensor, rectify: true, into: output.tensor, on: execution)
    #expect(output.floats == zip(a, b).map { max(0, $0 + $1) })
    #expect(output.isIntact)

    let gradient = Filled(count: length, seed: 4)
    let (dy, y) = (gradient.floats, output.floats)
    let masked = dy.indices.map { y[$0] > 0 ? dy[$0] : 0 }
    let target = Filled(count: length, seed: 5)
    let before = target.floats
    rectifyBackward(gradient.tensor, output: output.tensor, into: target.tensor, accumulating: true, on: execution)
    #expect(target.floats == zip(masked, before).map(+))
    rectifyBackward(gradient.tensor, output: output.tensor, into: target.tensor, on: execution)
    #expect(target.floats == masked)
    addBackward(gradient.tensor, into: target.tensor, accumulating: true, on: execution)
    #expect(target.floats == zip(dy, masked).map(+))
    addBackward(gradient.tensor, into: target.tensor, on: execution)
    #expect(target.floats == dy)
    rectifyBackward(gradient.tensor, output: output.tensor, into: gradient.tensor, on: execution)
    #expect(gradient.floats == masked)
    rectify(first.tensor, into: first.tensor, on: execution)
    #expect(first.floats == a.map { max(0, $0) })
    #expect(target.isIntact && gradient.isIntact && first.isIntact)
  }

  @Test(arguments: InstructionSet.available)
  func notANumberStaysSo(set: InstructionSet) {
    let execution = Execution.test(set, scratch: ScratchSize())
    let values = Filled(count: 17, seed: 1)
    values.base[3] = .nan
    values.base[16] = .nan
    rectify(values.tensor, into: values.tensor, on: execution)
    #expect(values.base[3].isNaN && values.base[16].isNaN)
    #expect(values.floats.filter(\.isNaN).count == 2)
  }
}
