import Kernels
import Networks
import Support
import Testing
import Training

/// Ten steps of stochastic gradient descent, against PyTorch's losses and final tensors.
@Suite struct OptimizerParityTests {
  @Test(arguments: try GoldenSteps.load().cases, TrainingPath.available)
  func tenSteps(_ golden: GoldenSteps.Case, path: TrainingPath) throws {
    let common = try GoldenSteps.load()
    let network = try goldenNetwork(
      common.model, shortcut: common.shortcut,
      Shape(height: common.height, width: common.width, channels: common.channels), classes: common.classes)
    var settings = OptimizerSettings()
    settings.learningRate = golden.learningRate
    settings.momentum = common.momentum
    settings.nesterov = golden.nesterov
    settings.weightDecay = golden.weightDecay
    settings.decaysNormalization = golden.decayed == "everything"
    let optimizer = Optimizer(settings, plan: network.plan)
    let pass = Propagation(network, batch: common.batch, purpose: .training, on: path.processor())
    let execution = pass.memory.execution
    for step in 0..<common.steps {
      pass.input.set(
        GoldenValues.images(
          common.batch, height: common.height, width: common.width, channels: common.channels,
          seed: GoldenSteps.inputSeed(step: step)))
      pass.forward()
      let gradient = try #require(pass.logitsGradient)
      let loss = common.labels(step: step).map(Int32.init).withUnsafeBufferPointer {
        softmaxCrossEntropy(
          pass.logits, labels: $0, smoothing: Float(golden.smoothing), gradient: gradient, on: execution)
      }
      pass.backward()
      optimizer.step(network.parameters, gradients: pass.memory.gradients, multiplier: 1, on: execution)
      // The spread is what PyTorch's own losses move by when its arithmetic takes another order.
      let allowed = path.tolerance(fp32: 1e-3, bf16: 3e-2) + 5 * golden.spread[step]
      #expect(abs(loss - golden.lossesInDouble[step]) < allowed, "step \(step): \(loss - golden.lossesInDouble[step])")
    }
    for parameter in network.plan.parameters {
      let values = network.parameters.values[parameter.range]
      let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      let expected = try #require(golden.checksumsInDouble[parameter.name])[1]
      let allowed = 6 * golden.stateSpread + path.tolerance(fp32: 0, bf16: 0.02)
      #expect(abs(squares - expected) <= allowed * expected, "\(parameter.name)")
    }
  }
}
