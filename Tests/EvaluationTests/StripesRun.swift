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

  func data(_ machine: Machine) throws -> StudyData {
    try StudyData.load(request, experiment, machine: machine, events: RunEvents())
  }
}

extension MachineDescription {
  /// Of no machine that exists.
  static let example = MachineDescription(
    cpu: "Example CPU", threads: 2, instructionSet: "avx2", precision: "fp32", blas: "OpenBLAS", blasCore: "Haswell",
    memoryBytes: 1 << 33, os: "Debian")
}
