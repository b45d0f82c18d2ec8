import Evaluation
import Foundation
import Testing
import Training

@Suite struct ConfigurationTests {
  @Test func layersStateOnlyDifferences() throws {
    var configuration = try Configuration()
    #expect(try configuration.experiment() == Experiment())
    try configuration.overlay(
      yaml: "model: resnet8\ntraining: {epochs: 3, optimizer: {weightDecay: 1e-4}}", source: "a")
    try configuration.set("training.schedule.milestones=[1, 2.5]")
    try configuration.set("training.augmentation.flip=false")
    try configuration.set("seed=18446744073709551615")
    let experiment = try configuration.experiment()
    var expected = Experiment()
    expected.model = "resnet8"
    expected.training.epochs = 3
    expected.training.optimizer.weightDecay = 1e-4
    expected.training.schedule.milestones = [1, 2.5]
    expected.training.augmentation.flip = false
    expected.seed = .max
    #expect(experiment == expected)
  }

  @Test func settingsSurviveTheirFile() throws {
    var experiment = Experiment()
    experiment.steps = 77
    (experiment.input, experiment.resize) = (32, "crop")
    experiment.seed = .max
    experiment.training.optimizer.learningRate = 1.0 / 3
    experiment.training.optimizer.weightDecay = 5e-300
    experiment.training.schedule.milestones = [10, 4.0 / 3]
    let text = try experiment.yaml()
    #expect(text.contains("learningRate: 0.3333333333333333\n") && text.contains("- 10\n"))
    var configuration = try Configuration()
    try configuration.overlay(yaml: experiment.yaml(), source: "file")
    #expect(try configuration.experiment() == experiment)
  }

  /// Or a run of it could not be taken up again.
  @Test(arguments: Preset.all.map(\.name))
  func presetsSurviveTheirFile(name: String) throws {
    var configuration = try Configuration()
    try configuration.overlay(yaml: try Preset.named(name).yaml, source: name)
    let experiment = try configuration.experiment()
    var copy = try Configuration()
    try copy.overlay(yaml: experiment.yaml(), source: "file")
    #expect(try copy.experiment() == experiment)
  }

  @Test(arguments: [
    ("modle: resnet8", "modle", "model"), ("training: {epoch: 3}", "training.epoch", "training.epochs"),
    ("batchSize: 3", "batchSize", "training.batchSize"),
    ("learningRate: 1", "learningRate", "training.optimizer.learningRate"),
  ])
  func unknownKeysNameTheNearest(yaml: String, key: String, nearest: String) throws {
    var configuration = try Configuration()
    #expect(throws: UsageError.unknownKey(key, file: "f.yaml", nearest: nearest)) {
      try configuration.overlay(yaml: yaml, source: "f.yaml")
    }
  }

  @Test(arguments: [
    "training.epochs=0", "training.epochs=many", "training.batchSize=1", "seeds=0", "precision=fp64",
    "training.optimizer.momentum=1", "training=3", "model=[1]", "training.schedule.decay=sine", "input=3",
    "training.schedule.warmupEpochs=31", "training.schedule.milestones=[.nan]", "training.schedule.factor=.inf",
    "training.augmentation=[{randomResizedCrop: {aspect: [1.0e-60, 1]}}]",
    "training.augmentation=[{randomErasing: {aspect: [1.0e-60, 1]}}]", "training.labelSmoothing=.nan", "steps=-1",
    "perClass=0", "noequals", "=3",
  ])
  func wrongValuesAreErrors(_ assignment: String) throws {
    #expect(throws: UsageError.self) {
      var configuration = try Configuration()
      try configuration.set(assignment)
      _ = try configuration.experiment()
    }
  }

  @Test(arguments: ["a: [", "- 1\n- 2", "just text", "a: &x [*x]"])
  func notAMapping(_ yaml: String) throws {
    var configuration = try Configuration()
    #expect(throws: UsageError.self) { try configuration.overlay(yaml: yaml, source: "f.yaml") }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["*a9", "{? *a9 : 1}"])
  func aliasesOfAliasesAreRefused(last: String) throws {
    // Nine times nine times … : 3.5 thousand million values out of 400 bytes.
    var lists = ["- &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in 1...9 {
      lists.append("- &a\(level) [\([String](repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]")
    }
    lists.append("- \(last)")
    var configuration = try Configuration()
    let yaml = "training:\n  augmentation:\n" + lists.map { "  \($0)\n" }.joined()
    #expect(throws: UsageError.self) { try configuration.overlay(yaml: yaml, source: "f.yaml") }
    #expect(throws: UsageError.self) { try configuration.set(["model"], yaml: yaml, source: "--set") }
  }

  @Test func fewAliasesAreReplacedAndManyValuesRefused() throws {
    var configuration = try Configuration()
    try configuration.overlay(yaml: "seeds: &a 3\nseed: *a", source: "f.yaml")
    #expect(try configuration.experiment().seeds == 3)
    #expect(try configuration.experiment().seed == 3)
    let list = [String](repeating: "1", count: 400).joined(separator: ", ")
    let copies = [String](repeating: "*a", count: 30).joined(separator: ", ")
    #expect(throws: UsageError.self) {
      try configuration.overlay(
        yaml: "steps: &a [\(list)]\ntraining: {schedule: {milestones: [\(copies)]}}", source: "f.yaml")
    }
  }

  @Test func everyPresetOfTheFolderIsKnownAndValid() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../configs")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
    #expect(Set(files) == Set(Preset.all.map { "\($0.name).yaml" }))
    for preset in Preset.all {
      var configuration = try Configuration()
      try configuration.overlay(yaml: preset.yaml, source: preset.name)
      #expect(try configuration.experiment() != Experiment(), "\(preset.name) differs from the defaults")
    }
    #expect(throws: UsageError.self) { try Preset.named("dmo") }
  }
}

@Suite struct NamedPathTests {
  @Test(arguments: [
    (["a/b/gan"], ["gan"]), (["x=a/b/gan", "gan/"], ["x", "gan"]), (["t0.5=p=q"], ["t0.5"]),
    (["here=dir"], ["here=dir"]),
  ])
  func names(values: [String], expected: [String]) throws {
    // `here=dir` exists as a whole, so that it is a path; its name then has a letter that is not allowed.
    if values == ["here=dir"] {
      #expect(throws: UsageError.self) { try NamedPath.parse(values, exists: { $0 == "here=dir" }) }
    } else {
      #expect(try NamedPath.parse(values, exists: { _ in false }).map(\.name) == expected)
    }
  }

  @Test(arguments: [["a/x", "b/x"], ["baseline=x"], ["baseline"], ["a b=x"], ["=x"], ["x="], ["..=x"], ["ü=x"]])
  func refused(values: [String]) {
    #expect(throws: UsageError.self) { try NamedPath.parse(values, exists: { _ in false }) }
  }
}

@Suite struct AugmentationNameTests {
  @Test(arguments: ["[flipp]", "[{mixupp: 1}]", "[flip, mixxup]"])
  func aWrongNameInAListHasTheNearest(list: String) throws {
    var configuration = try Configuration()
    try configuration.set(["training", "augmentation"], yaml: list, source: "--set")
    #expect {
      _ = try configuration.experiment()
    } throws: { error in
      guard case UsageError.unknownKey(let key, _, let nearest) = error else { return false }
      return key.hasPrefix("training.augmentation.") && nearest == (list.contains("flipp") ? "flip" : "mixup")
    }
  }
}

@Suite struct SpellingTests {
  @Test func distances() {
    #expect(Spelling.distance("kitten", "sitting") == 3)
    #expect(Spelling.distance("", "abc") == 3)
    #expect(Spelling.nearest(to: "resnet2O", in: ["resnet20", "resnet56"]) == "resnet20")
    #expect(Spelling.nearest(to: "zzzzzzzz", in: ["train", "nas"]) == nil)
  }
}
