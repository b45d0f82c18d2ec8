import Kernels
import Support
import Testing

@Suite struct UpdateTests {
  /// p = 1, gradients 1, 2, -1; learning rate 0.1, momentum 0.5, decay 0.1, by hand.
  @Test(arguments: InstructionSet.available)
  func threeStepsByHand(set: InstructionSet) {
    let execution = Execution.test(set, scratch: ScratchSize())
    let plain: [Float] = [0.89, 0.6261, 0.587889]
    let nesterov: [Float] = [0.835, 0.494975, 0.571712875]
    for (expected, isNesterov) in [(plain, false), (nesterov, true)] {
      let (parameters, gradients, velocities) = (Arena(count: 20), Arena(count: 20), Arena(count: 20))
      parameters.fill(with: 1)
      let step = SGDStep(learningRate: 0.1, momentum: 0.5, weightDecay: 0.1, nesterov: isNesterov)
      for (gradient, value) in zip([1, 2, -1] as [Float], expected) {
        gradients.fill(with: gradient)
        sgdStep(parameters, gradients: gradients, velocities: velocities, range: 1..<19, step: step, on: execution)
        #expect((1..<19).allSatisfy { abs(parameters.base[$0] - value) < 2e-7 })
        #expect(parameters.base[0] == 1 && parameters.base[19] == 1)
      }
    }
  }

  @Test(arguments: InstructionSet.available, [1, 16, 33, 100_001])
  func agreesWithItsTwin(set: InstructionSet, length: Int) {
    let execution = Execution.test(threads: 2, set, scratch: ScratchSize())
    for nesterov in [false, true] {
      let values = (1...4).map { Filled(count: length, seed: $0) }
      let (parameters, gradients, velocities) = (values[0].arena, values[1].arena, values[2].arena)
      let reference = Reference.sgdStep(
        values[0].doubles, gradients: values[1].doubles, velocities: values[2].doubles, learningRate: 0.1,
        momentum: 0.9, weightDecay: 5e-4, nesterov: nesterov)
      sgdStep(
        parameters, gradients: gradients, velocities: velocities, range: 0..<length,
        step: SGDStep(learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: nesterov), on: execution)
      #expect(relativeError(of: values[0].floats, to: reference.parameters) < 1e-6)
      #expect(relativeError(of: values[2].floats, to: reference.velocities) < 1e-6)

      let old = values[3].doubles
      average(parameters, into: values[3].arena, range: 0..<length, decay: 0.99, on: execution)
      let expected = zip(old, values[0].doubles).map { 0.99 * $0 + 0.01 * $1 }
      #expect(relativeError(of: values[3].floats, to: expected) < 1e-6)

      #expect(isFinite(parameters, range: 0..<length, on: execution))
      for place in [0, length / 2, length - 1] {
        for bad in [Float.nan, .infinity, -.infinity] {
          let old = parameters.base[place]
          parameters.base[place] = bad
          #expect(!isFinite(parameters, range: 0..<length, on: execution))
          parameters.base[place] = old
        }
      }
      #expect(values.allSatisfy { $0.isIntact })
    }
  }
}
