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
    let processor = path.processor()
    let optimizer = Optimizer(settings, plan: network.plan, on: processor)
    let pass = processor.executor(network, batch: common.batch, mode: .training)
    for step in 0..<common.steps {
      pass.fill {
        $0.set(
          GoldenValues.images(
            common.batch, height: common.height, width: common.width, channels: common.channels,
            seed: GoldenSteps.inputSeed(step: step)))
      }
      pass.forward()
      let loss = pass.loss(common.labels(step: step).map(Int32.init), smoothing: Float(golden.smoothing))
      pass.backward()
      optimizer.step(pass, multiplier: 1)
      // The spread is what PyTorch's own losses move by when its arithmetic takes another order.
      let allowed = path.tolerance(fp32: 1e-3, bf16: 3e-2) + 5 * golden.spread[step]
      #expect(abs(loss - golden.lossesInDouble[step]) < allowed, "step \(step): \(loss - golden.lossesInDouble[step])")
    }
    for parameter in network.plan.parameters {
      let values = network.parameters.read(parameter.range)
      let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      let expected = try #require(golden.checksumsInDouble[parameter.name])[1]
      let allowed = 6 * golden.stateSpread + path.tolerance(fp32: 0, bf16: 0.02)
      #expect(abs(squares - expected) <= allowed * expected, "\(parameter.name)")
    }
  }

  /// Four steps of the formula in double precision: r scales the gradient, not the decay.
  @Test func aRateOfItsOwnScalesTheGradientAndNotTheDecay() throws {
    var plan = Plan(input: Shape(height: 1, width: 1, channels: 4))
    var pace = NormalizationPace()
    pace.scaleRate = 0
    pace.shiftRate = 64
    let normalized = plan.normalization(plan.input, "bn", pace: pace)
    _ = plan.linear(normalized, "fc", outputs: 2, factor: 1 / 3)
    let network = Network(plan)
    network.initialize(seed: 1)
    var settings = OptimizerSettings()
    settings.learningRate = 0.01
    settings.weightDecay = 0.1
    settings.decaysNormalization = true
    let processor = try #require(TrainingPath.available.first).processor(threads: 1)
    let optimizer = Optimizer(settings, plan: plan, on: processor)
    let pass = processor.executor(network, batch: 1, mode: .training)
    let gradients = (0..<plan.parameterCount).map { Float($0 % 7) / 10 - 0.3 }
    pass.gradients.write(gradients, at: 0)
    let start = network.parameters.contents.map(Double.init)
    for _ in 0..<4 { optimizer.step(pass, multiplier: 1) }
    let end = network.parameters.contents
    for parameter in plan.parameters {
      let rate = try #require(
        ["bn.weight": 0, "bn.bias": 64, "fc.weight": 1 / 9.0, "fc.bias": 1 / 9.0][parameter.name])
      for index in parameter.range {
        var (weight, velocity) = (start[index], 0.0)
        for _ in 0..<4 where rate > 0 {
          let gradient = rate * Double(gradients[index]) + 0.1 * weight
          velocity = 0.9 * velocity + gradient
          weight -= 0.01 * (gradient + 0.9 * velocity)
        }
        #expect(
          abs(Double(end[index]) - weight) < 2e-6 * max(1, abs(weight)), "\(parameter.name)")
      }
    }
  }

  /// Without a gradient a step is the decay alone: w ← w − η (1 + μ) λ w with Nesterov's look-ahead, from rest.
  @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
  func decayPullsOnWhatItIsAskedTo(bias: Bool, normalization: Bool) throws {
    var plan = Plan(input: Shape(height: 1, width: 1, channels: 4))
    let normalized = plan.normalization(plan.input, "bn")
    _ = plan.linear(normalized, "fc", outputs: 2)
    let network = Network(plan)
    network.parameters.write(Array(repeating: 2, count: plan.parameterCount), at: 0)
    var settings = OptimizerSettings()
    settings.weightDecay = 0.25
    settings.decaysBias = bias
    settings.decaysNormalization = normalization
    let processor = try #require(TrainingPath.available.first).processor(threads: 1)
    Optimizer(settings, plan: plan, on: processor)
      .step(processor.executor(network, batch: 1, mode: .training), multiplier: 1)
    let decayed = Float(2 - 0.1 * 1.9 * 0.25 * 2)
    let expected = [
      "bn.weight": normalization, "bn.bias": normalization, "fc.weight": true, "fc.bias": bias,
    ]
    for parameter in plan.parameters {
      let isDecayed = expected[parameter.name] == true
      let value = isDecayed ? decayed : 2
      #expect(network.parameters.read(parameter.range).allSatisfy { abs($0 - value) < 1e-6 }, "\(parameter.name)")
    }
  }
}
