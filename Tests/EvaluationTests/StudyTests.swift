import Datasets
import Evaluation
import Foundation
import Metrics
import Support
import Testing
import Training

/// What a study trains on what, and what it compares with what.
@Suite struct StudyTests {
  private let machine: Machine
  private var stripes: StripesRun

  init() throws {
    machine = try Machine(threads: 2, environment: [:])
    stripes = try StripesRun()
  }

  private func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(stripes.folder.path)/\(name)")
  }

  private func outcomes(_ study: Study) throws -> [StudyRunner.Outcome] {
    let folder = RunFolder(path: "\(stripes.folder.path)/run")
    try folder.makeFolder(folder.path)
    return try StudyRunner(study, stripes.experiment, folder: folder, machine: machine, cache: nil).run()
  }

  /// Half of the real images of each class, not the same number of each.
  @Test func addedSamplesAreInTheSharesOfTheRealClasses() throws {
    for index in 2..<8 { try remove("real/train/diagonal/\(index).png") }
    let study = try Study.nas(stripes.data(machine), Study.Augmenting(fractions: [0.5, 1]), stripes.experiment)
    #expect(study.entries.map(\.fractionAdded) == [0.5, 1, 0])
    #expect(study.entries.map(\.samples.classCounts) == [[12, 3, 12], [16, 4, 16], [8, 2, 8]])
  }

  @Test func everyTrainingIsNormalisedByItsOwnImages() throws {
    let study = try Study.cas(stripes.data(machine), stripes.experiment)
    let jobs = try study.jobs(stripes.experiment)
    #expect(jobs.map(\.normalization) == study.entries.map { .computed(from: $0.samples) })
    #expect(!jobs.map(\.normalization).contains(.computed(from: study.test)) && jobs.count == 2)
  }

  /// What the weights of a class say that no image has trained counts for nothing.
  @Test mutating func classesWithoutATrainingImageAreNeverPredicted() throws {
    try remove("good/upright")
    (stripes.experiment.allowMissingClasses, stripes.experiment.steps) = (true, 1)
    let outcomes = try outcomes(Study.cas(stripes.data(machine), stripes.experiment))
    let predicted = outcomes.map { Set($0.predictions[0].topClasses) }
    #expect(predicted == [[0, 1, -1], [0, 1, 2]])
  }

  /// Of a class that a set lacks its baseline has as many images as of the others, or all there are.
  @Test mutating func lackingClassesHaveTheirRealImages() throws {
    try remove("good/upright")
    for index in 3..<8 { try remove("real/train/upright/\(index).png") }
    stripes.experiment.allowMissingClasses = true
    let study = try Study.cas(stripes.data(machine), stripes.experiment)
    #expect(study.entries.map(\.samples.classCounts) == [[8, 8, 0], [8, 8, 3]])
    #expect(study.notes.contains { $0.hasPrefix("good lacks 1 class: its baseline has 3 real images of them") })
    #expect(!study.notes.contains { $0.contains("has fewer images than") })
  }
}
