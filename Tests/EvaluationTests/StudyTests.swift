import Datasets
import Evaluation
import Foundation
import Metrics
import Support
import Testing
import Training

/// What a study trains on what, and what it compares with what.
@Suite struct StudyTests {
  private let context: RunContext
  private var stripes: StripesRun

  init() throws {
    context = try RunContext.testing()
    stripes = try StripesRun()
  }

  private func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(stripes.folder.path)/\(name)")
  }

  private func classifiers(_ outcome: StudyRunner.Outcome) -> ComparedClassifiers {
    ComparedClassifiers(
      name: outcome.entry.name, seeds: outcome.entry.trainings.map(\.seed), predictions: outcome.predictions)
  }

  private func run() throws -> Run {
    let run = try stripes.run("run", context)
    try run.folder.makeFolder(run.folder.path)
    return run
  }

  /// Half of the real images of each class, not the same number of each.
  @Test func addedSamplesAreInTheSharesOfTheRealClasses() throws {
    for index in 2..<8 { try remove("real/train/diagonal/\(index).png") }
    let study = try Study.nas(stripes.data(context), Study.Augmenting(fractions: [0.5, 1]), stripes.experiment)
    #expect(study.entries.map(\.fractionAdded) == [0.5, 1, 0])
    #expect(study.entries.map(\.samples.classCounts) == [[12, 3, 12], [16, 4, 16], [8, 2, 8]])
  }

  @Test func everyTrainingIsNormalisedByItsOwnImages() throws {
    let study = try run().study
    let jobs = study.jobs
    #expect(jobs.map(\.normalization) == study.entries.map { .computed(from: $0.samples) })
    #expect(!jobs.map(\.normalization).contains(.computed(from: study.test)) && jobs.count == 2)
  }

  /// What the weights of a class say that no image has trained counts for nothing.
  @Test mutating func classesWithoutATrainingImageAreNeverPredicted() throws {
    try remove("good/upright")
    (stripes.experiment.allowMissingClasses, stripes.experiment.steps) = (true, 1)
    let outcomes = try StudyRunner(run()).outcomes()
    let predicted = outcomes.map { Set($0.predictions[0].topClasses) }
    #expect(predicted == [[0, 1, -1], [0, 1, 2]])
  }

  /// Of a class that a set lacks its baseline has as many images as of the others, or all there are.
  @Test mutating func lackingClassesHaveTheirRealImages() throws {
    try remove("good/upright")
    for index in 3..<8 { try remove("real/train/upright/\(index).png") }
    stripes.experiment.allowMissingClasses = true
    let study = try run().study
    #expect(study.entries.map(\.samples.classCounts) == [[8, 8, 0], [8, 8, 3]])
    #expect(study.notes.contains { $0.hasPrefix("good lacks 1 class: its baseline has 3 real images of them") })
    #expect(!study.notes.contains { $0.contains("has fewer images than") })
  }

  /// Noise of the labels moves few images from class to class: one baseline stands for both sets.
  @Test mutating func setsWhoseCountsHardlyDifferShareABaseline() throws {
    try Stripes.write(to: stripes.folder, "real/train", perClass: 70, seed: 1)
    try Stripes.write(to: stripes.folder, "good", perClass: 70, seed: 3)
    for (name, removed) in [("noisy", 2), ("fewer", 3)] {
      try Stripes.write(to: stripes.folder, name, perClass: 70, seed: 4)
      for index in 0..<removed { try remove("\(name)/across/\(index).png") }
      stripes.request.synthetic.append(NamedPath(name: name, path: "\(stripes.folder.path)/\(name)"))
    }
    let study = try run().study
    #expect(study.entries.map(\.name) == ["good", "noisy", "fewer", "baseline", "baseline+2"])
    #expect(study.entries.map(\.baseline) == ["baseline", "baseline", "baseline+2", nil, nil])
    #expect(
      study.notes.contains(
        "noisy shares the baseline of good: their class counts differ by 2 of 208 images, less than 1 %."))
  }

  /// Two sets of other numbers of images, each with real images in its own numbers, over two seeds.
  @Test mutating func everySetIsComparedWithItsOwnBaseline() throws {
    try Stripes.write(to: stripes.folder, "real/test", perClass: 20, seed: 2)
    try Stripes.write(to: stripes.folder, "few", perClass: 8, seed: 4)
    for index in 1..<8 { for name in ["across", "upright"] { try remove("few/\(name)/\(index).png") } }
    stripes.request.synthetic.append(NamedPath(name: "few", path: "\(stripes.folder.path)/few"))
    (stripes.experiment.steps, stripes.experiment.seeds, stripes.experiment.ganTest) = (16, 2, true)
    let run = try run()
    let outcomes = try StudyRunner(run).outcomes()
    #expect(outcomes.map(\.entry.name) == ["good", "few", "baseline", "baseline+2"])
    #expect(outcomes.map { $0.ganTests.map(\.name) } == [[], [], ["good"], ["few"]])
    let whole = try RunReport(outcomes, of: run)
    let report = whole.report
    let comparisons = try (0..<2).map { set in
      try #require(
        PairedComparison(classifiers(outcomes[set]), classifiers(outcomes[set + 2]), classNames: nil))
    }
    // Else the wrong baseline would not show.
    #expect(comparisons[0].top1Second != comparisons[1].top1Second)
    for (result, comparison) in zip(report.results, comparisons) {
      #expect(result.difference?.value == comparison.top1.value)
      #expect(result.difference?.pValue == comparison.top1.pValue)
      let drop = (comparison.top1Second - comparison.top1First) / comparison.top1Second
      #expect(abs((result.relativeDrop?.top1 ?? 9) - drop) < 1e-12)
    }
    let seedPs = SeedAccuracies.pValues(comparisons.compactMap(\.seeds))
    #expect(report.results.prefix(2).map { $0.difference?.seedPValue } == seedPs && seedPs.allSatisfy { $0 != nil })
    #expect(report.results.suffix(2).map(\.key) == ["good+gan-test", "few+gan-test"])
    let training = try #require(report.results[1].training)
    #expect(training.steps == 16 && training.trainingImages == 10)
    #expect(training.perClassImages == ["across": 1, "diagonal": 8, "upright": 1])
    // Of both seeds together.
    #expect(abs((training.imagesPerSecond ?? 0) * (training.seconds ?? 0) - 2 * 16 * 8) < 1e-6)

    // Pictures of what went wrong, and of what went right.
    try whole.write(to: run.folder)
    let galleries = try Thumbnails(of: run.folder).galleries
    #expect(!galleries.isEmpty && galleries.contains { !$0.missed.isEmpty })
    #expect(galleries.allSatisfy { gallery in gallery.missed.allSatisfy { $0.predicted != gallery.className } })
  }
}
