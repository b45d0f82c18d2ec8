import Support
import Testing
import Training

@Suite struct ScheduleTests {
  @Test(arguments: try GoldenSchedules.load().cases)
  func ratesEqualTheFormulas(_ golden: GoldenSchedules.Case) throws {
    // The schedule counts in epochs; an epoch of one step makes them steps.
    let schedule = Schedule(
      decay: try #require(Schedule.Decay(rawValue: golden.kind)), warmupEpochs: Double(golden.warmupSteps),
      milestones: (golden.milestones ?? []).map(Double.init), factor: golden.factor ?? 0.1)
    for (step, rate) in golden.rates.enumerated() {
      let found =
        golden.learningRate
        * schedule.multiplier(step: step, of: golden.totalSteps, epochs: Double(golden.totalSteps))
      #expect(abs(found - rate) <= 1e-12 * golden.learningRate, "step \(step)")
    }
  }

  @Test func aTriangleStartsAndEndsAboveZero() {
    var schedule = Schedule(decay: .linear, warmupEpochs: 2)
    schedule.start = 0.2
    schedule.end = 0.1
    let rates = (0..<10).map { schedule.multiplier(step: $0, of: 10, epochs: 10) }
    for (rate, expected) in zip(rates, [0.6, 1, 1, 0.8875, 0.775, 0.6625, 0.55, 0.4375, 0.325, 0.2125]) {
      #expect(abs(rate - expected) < 1e-12)
    }
  }

  @Test(arguments: [(Schedule.Decay.cosine, 0.55), (.linear, 0.55), (.constant, 1), (.step, 1)])
  func theEndIsWhereItIsAskedToBe(decay: Schedule.Decay, half: Double) {
    var schedule = Schedule(decay: decay)
    schedule.end = 0.1
    #expect(abs(schedule.multiplier(step: 50, of: 100, epochs: 10) - half) < 1e-12)
  }

  @Test func epochsScaleWithTheSteps() {
    let schedule = Schedule(decay: .step, milestones: [91, 136])
    // ResNet-56's 182 epochs of 351 steps.
    #expect(schedule.multiplier(step: 91 * 351 - 1, of: 182 * 351, epochs: 182) == 1)
    #expect(schedule.multiplier(step: 91 * 351, of: 182 * 351, epochs: 182) == 0.1)
    #expect(abs(schedule.multiplier(step: 136 * 351, of: 182 * 351, epochs: 182) - 0.01) < 1e-15)
  }
}
