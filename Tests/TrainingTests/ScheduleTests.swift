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

  @Test func epochsScaleWithTheSteps() {
    let schedule = Schedule(decay: .step, milestones: [91, 136])
    // ResNet-56's 182 epochs of 351 steps.
    #expect(schedule.multiplier(step: 91 * 351 - 1, of: 182 * 351, epochs: 182) == 1)
    #expect(schedule.multiplier(step: 91 * 351, of: 182 * 351, epochs: 182) == 0.1)
    #expect(abs(schedule.multiplier(step: 136 * 351, of: 182 * 351, epochs: 182) - 0.01) < 1e-15)
  }
}
