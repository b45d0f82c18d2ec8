import Datasets
import Evaluation
import Kernels
import Networks
import Support
import Testing
import Training

@Suite struct MixedAugmentationTests {
  @Test func eachWayChangesTheRecipe() {
    let recipe = Augmentation(padCrop: 4, flip: true, mixup: 0.2)
    #expect(MixedAugmentation.none.applied(to: recipe) == .none)
    #expect(MixedAugmentation.classic.applied(to: recipe) == Augmentation(padCrop: 4, flip: true))
    #expect(MixedAugmentation.mixup.applied(to: recipe) == recipe)
    #expect(MixedAugmentation.cutmix.applied(to: recipe) == Augmentation(padCrop: 4, flip: true, cutmix: 1))
    #expect(
      MixedAugmentation.mixup.applied(to: Augmentation(cutmix: 0.5)) == Augmentation(mixup: 1)
        && MixedAugmentation.cutmix.applied(to: Augmentation(cutmix: 0.5)) == Augmentation(cutmix: 0.5))
  }
}

@Suite struct MemoryDemandTests {
  /// Moving averages and slow weights are a second network, and mixing keeps a batch as it was.
  @Test func allThatATrainerHoldsCounts() throws {
    let samples = Samples(
      classNames: ["a", "b"], shape: Shape(height: 8, width: 8, channels: 3),
      pixels: [UInt8](repeating: 0, count: 40 * 192),
      labels: (0..<40).map { Int32($0 % 2) }, members: (0..<40).map(String.init), origin: Samples.Origin(path: "set"))
    let processor = try #require(TrainingPath.available.first).processor(threads: 1)
    func bytes(_ change: (inout Recipe) -> Void) -> Int {
      var recipe = Recipe()
      recipe.batchSize = 16
      change(&recipe)
      let job = TrainingJob(
        name: "set", seed: 1, steps: 1, architecture: .cifarResNet(depth: 8, shortcut: .padded), recipe: recipe,
        samples: samples, normalization: .computed(from: samples), fingerprint: "f")
      return MemoryDemand.training(job, on: processor)
    }
    let plan = Architecture.cifarResNet(depth: 8, shortcut: .padded).plan(
      input: samples.shape, classes: 2, zeroLastScale: false)
    let plain = bytes { _ in }
    let second = 4 * (plan.parameterCount + plan.statisticCount)
    #expect(bytes { $0.emaDecay = 0.9 } == plain + second && bytes { $0.lookahead.every = 5 } == plain + second)
    #expect(bytes { $0.augmentation.mixup = 1 } == plain + 4 * 16 * 192)
  }
}
