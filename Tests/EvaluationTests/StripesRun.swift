import Evaluation
import Reports
import Support
import Training

/// A run on stripes before it begins: a few steps on a synthetic set, then on real images.
struct StripesRun {
  let folder: TemporaryFolder
  var request: RunRequest
  var experiment = Experiment()

  init() throws {
    folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 8, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 6, seed: 2)
    try Stripes.write(to: folder, "good", perClass: 8, seed: 3)
    request = RunRequest(
      command: .train, real: "\(folder.path)/real",
      synthetic: [NamedPath(name: "good", path: "\(folder.path)/good")])
    experiment.model = "resnet8"
    experiment.steps = 6
    experiment.training.batchSize = 8
    experiment.ganTest = false
  }

  var plan: RunPlan { RunPlan(request, experiment) }

  func data(_ context: RunContext) throws -> StudyData { try StudyData(ImageSelection(plan), context.reader) }

  /// The run in a folder of this name.
  func run(_ name: String, _ context: RunContext) throws -> Run {
    try Run(plan, try data(context), folder: RunFolder(path: "\(folder.path)/\(name)"), context)
  }
}

extension RunContext {
  /// Of a test, without caches.
  static func testing(threads: Int = 2) throws -> RunContext {
    RunContext(
      try Machine(threads: threads, environment: [:]), description: .example, version: "test", events: RunEvents())
  }

  /// Of a test: with a build and its cache of baselines.
  static func testing(_ machine: Machine, build: String = "test", cache: String) -> RunContext {
    var context = RunContext(machine, description: .example, version: "test", events: RunEvents())
    context.build = build
    context.baselines = BaselineCache(path: cache, build: build)
    return context
  }
}

extension MachineDescription {
  /// Of no machine that exists.
  static let example = MachineDescription(
    cpu: "Example CPU", threads: 2, instructionSet: "avx2", precision: "fp32", blas: "OpenBLAS", blasCore: "Haswell",
    memoryBytes: 1 << 33, os: "Debian")
}
