import Evaluation
import Foundation
import Kernels
import Networks
import Support
import Synchronization
import Testing
import Training

/// What is said, and what is shared, of trainings that more than one build or more than one choice of kernels computed.
@Suite struct MixtureTests {
  private let stripes: StripesRun

  init() throws { stripes = try StripesRun() }

  /// Runs or resumes the run in a folder.
  ///
  /// - Parameter cut: whether it ends in the midst of its second training, the baseline's.
  private func run(
    _ name: String, build: String, choice: KernelChoice = .auto, cut: Bool = false
  ) throws -> [StudyRunner.Outcome] {
    let machine = try Machine(threads: 2, choice: choice, environment: [:])
    var run = try stripes.run(
      name, RunContext.testing(machine, build: build, cache: "\(stripes.folder.path)/cache"))
    try run.folder.makeFolder(run.folder.path)
    var options = TrainingDriver.Options()
    options.allowsKernelChange = true
    let title = Mutex("")
    let isOver = Atomic<Bool>(false)
    run.context.events.began = { text, _, _, _ in title.withLock { $0 = text } }
    run.context.events.advanced = { done, _ in
      if cut, done == 3, title.withLock({ $0.hasPrefix("Training baseline") }) {
        isOver.store(true, ordering: .relaxed)
      }
    }
    run.context.events.shouldStop = { isOver.load(ordering: .relaxed) }
    return try StudyRunner(run, options).outcomes()
  }

  private func builds(_ outcomes: [StudyRunner.Outcome]) -> [[[String?]]] {
    outcomes.map { $0.computations.map { $0.map(\.build) } }
  }

  private var cached: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: "\(stripes.folder.path)/cache")) ?? []
  }

  @Test func aTrainingOfTwoBuildsIsNamedAndNotShared() throws {
    #expect(throws: Interrupted.self) { try run("cut", build: "old", cut: true) }
    let outcomes = try run("cut", build: "new")
    #expect(builds(outcomes) == [[["old"]], [["old", "new"]]] && cached.isEmpty)
    let notes = StudyRunner.mixtureNotes(outcomes, build: "new")
    #expect(
      notes == [
        "Other builds of the program than the one that wrote this report took part in its trainings: more than one "
          + "computed baseline (seed 0); another one computed good (seed 0). A part of the differences between the "
          + "trainings may not be the images'."
      ])
    // One build computed these models, and another one only tests them.
    _ = try run("whole", build: "old")
    let tested = try run("whole", build: "new")
    let said = StudyRunner.mixtureNotes(tested, build: "new")
    #expect(said.count == 1 && said[0].hasSuffix("another one computed good (seed 0), baseline (seed 0)."), "\(said)")
    #expect(StudyRunner.mixtureNotes(tested, build: "old").isEmpty)
  }

  @Test func aTrainingOfOneBuildIsShared() throws {
    #expect(throws: Interrupted.self) { try run("cut", build: "new", cut: true) }
    let outcomes = try run("cut", build: "new")
    #expect(builds(outcomes) == [[["new"]], [["new"]]] && cached.count == 2)
    #expect(StudyRunner.mixtureNotes(outcomes, build: "new").isEmpty)
    let again = try run("again", build: "new")
    #expect(again.map(\.cached) == [false, true] && builds(again) == builds(outcomes))
    for file in ["model-good-seed0.safetensors", "model-baseline-seed0.safetensors"] {
      #expect(try Bool(stripes.folder.bytes("cut/\(file)") == stripes.folder.bytes("again/\(file)")), "\(file)")
    }
  }

  @Test func kernelsHaveBaselinesOfTheirOwn() throws {
    _ = try run("first", build: "new")
    #expect(try run("other", build: "new", choice: .blas).map(\.cached) == [false, false] && cached.count == 4)
    #expect(try run("again", build: "new").map(\.cached) == [false, true] && cached.count == 4)
  }

  @Test func kernelsThatChangeWithinATrainingAreSeen() throws {
    #expect(throws: Interrupted.self) { try run("cut", build: "new", cut: true) }
    let outcomes = try run("cut", build: "new", choice: .blas)
    #expect(cached.isEmpty && outcomes[1].computations[0].count == 2)
    let notes = StudyRunner.mixtureNotes(outcomes, build: "new")
    #expect(notes.count == 1 && notes[0].hasPrefix("Trainings of this run were computed with different kernels ("))
    #expect(notes.first?.contains("), more than one of which computed baseline (seed 0): a part of the") == true)
  }

  /// Files of earlier versions do not say which build computed them.
  @Test func anUnknownBuildIsUsedAndNotShared() throws {
    #expect(throws: Interrupted.self) { try run("cut", build: "new", cut: true) }
    for name in ["cut/checkpoint", "cut/model-good-seed0.safetensors"] {
      var file = try SafeTensors(stripes.folder.bytes(name), path: name)
      #expect(file.metadata.removeValue(forKey: Computation.key) != nil)
      try stripes.folder.write(file.serialized(), name)
    }
    let outcomes = try run("cut", build: "new")
    #expect(builds(outcomes) == [[[nil]], [[nil, "new"]]] && cached.isEmpty)
    #expect(StudyRunner.mixtureNotes(outcomes, build: "new").isEmpty)
  }
}
