import Evaluation
import Foundation
import Metrics
import Reports

/// What `cas train`, `cas nas` and `cas curve` do: load, lay out, train, test, report.
struct RunCommand {
  private let options: TrainingOptions
  private let command: RunRequest.Command
  private let ownOptions: [(option: String, isGiven: Bool)]
  private let complete: (inout RunRequest) throws -> Void

  /// - Parameters:
  ///   - ownOptions: the options that only this command has, and whether they are given.
  ///   - complete: adds what only this command asks for.
  init(
    _ options: TrainingOptions, command: RunRequest.Command, ownOptions: [(option: String, isGiven: Bool)],
    complete: @escaping (inout RunRequest) throws -> Void
  ) {
    self.options = options
    self.command = command
    self.ownOptions = ownOptions
    self.complete = complete
  }

  func run() throws {
    let terminal = Terminal(isQuiet: options.printed.quiet)
    let events = terminal.events(shouldStop: { Interruption.received != 0 })
    var (request, experiment, folder) = try plan(events)
    let machine = try Machine(
      threads: options.threads, choice: experiment.kernels, precision: experiment.precision,
      environment: ProcessInfo.processInfo.environment)
    if !options.namesFolder, let report = try folder.finishedReport(request, experiment) {
      events.note("\(folder.path) holds this run, finished; nothing was read or trained again.")
      return try terminal.print(report, options.printed)
    }
    if options.resume == nil { try OutputPath.checkPlace(folder.path, outside: request.inputs) }
    var lock = options.namesFolder ? nil : try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    // A number may stand in a name for something else.
    if let axis = request.axis { events.note(axis.reading(of: request.synthetic.map(\.name))) }
    for note in [request.axis?.note, options.note].compactMap({ $0 }) { events.warn("note: \(note)") }

    let data = try StudyData.load(
      request, experiment, streaming: options.stream, machine: machine, events: events)
    try data.requireClasses()
    // Until here there is nothing to save, and the first signal ends the program.
    Interruption.watch()
    let study =
      switch request.command {
      case .train: try Study.cas(data, experiment)
      case .nas: try Study.nas(data, Study.Augmenting(request), experiment)
      case .curve: try Study.curve(data, sizes: request.sizes ?? [], experiment)
      }
    // Everything that can be wrong with the settings is found before the folder is made.
    try MemoryDemand(study, experiment, machine: machine).check()
    for note in data.warningsOfSets + study.notes { events.warn("note: \(note)") }
    if options.namesFolder { folder = try RunFolder.new(folder.path) }
    if lock == nil { lock = try folder.made() }
    if try folder.prepare(request, experiment) {
      events.note("\(folder.path) holds this run already; going on with it.")
    }

    let build = BuildDescription.current
    let environment = ProcessInfo.processInfo.environment
    let cache = BaselineCache.standard(environment: environment)
    // Metrics are computed in fp32, whatever the trainings are.
    let describing = try Machine(threads: options.threads, environment: environment)
    if options.estimate || options.choosesPreset,
      let estimate = try TimeEstimate(
        study, experiment, folder: folder, machine: machine, cache: cache,
        network: try MetricsStudy.network(beside: request, experiment, data, machine: describing))
    {
      events.note(estimate.text)
    }

    var runner = StudyRunner(study, experiment, folder: folder, machine: machine, cache: cache)
    runner.checkpointInterval = options.checkpointSeconds
    runner.allowsKernelChange = options.allowKernelChange
    runner.writesEvents = options.tensorboard
    runner.events = events
    let metrics: (sets: [MetricsResult], notes: [String])
    let outcomes: [StudyRunner.Outcome]
    do {
      // Before the trainings, so that a metric that these samples do not allow is known at once.
      metrics = try MetricsStudy.beside(
        request, experiment, data, study, machine: describing, description: MachineDescription(machine),
        version: build.identity, environment: environment, events: events)
      outcomes = try runner.run()
    } catch let error as Interrupted {
      events.note("The state is saved. Go on with: cas \(request.command.rawValue) --resume \(folder.path.shellQuoted)")
      throw error
    }
    let result = try RunReport(
      outcomes, study: study, data: data, request: request, experiment: experiment,
      machine: MachineDescription(machine), version: build.identity, build: runner.build, log: folder.logged(),
      metrics: metrics)
    if options.tensorboard { try folder.writeEvents(folder.logged(), report: result.report) }
    try result.write(to: folder)
    try terminal.print(result.report, options.printed)
    events.note("The report: \(folder.file("report.html"))")
  }

  /// What is to be done and where: from the options, or from the folder of a run to be resumed.
  private func plan(_ events: RunEvents) throws -> (RunRequest, Experiment, RunFolder) {
    guard let resume = options.resume else {
      var request = try options.request(command)
      try complete(&request)
      let own = try options.experiment()
      try UsageError.refuse(
        [
          (
            "--real-train",
            options.realTrain != nil && request.metrics == nil && !StudyData.readsRealTraining(command, own)
          )
        ], because: "without a baseline nothing is trained on real images")
      try UsageError.refuse(
        [("weighting", request.mixing == .batch && own.weighting != .none)],
        because: "with --mix batch every batch has its own share of samples")
      let folder = RunFolder(path: options.outputPath(for: request))
      guard options.choosesPreset else {
        request.preset = options.preset
        return (request, own, folder)
      }
      let choice = try PresetChoice(PresetChoice.Facts(of: request, own))
      events.note("preset: \(choice.reason)")
      request.preset = "\(Preset.automatic) (\(choice.preset))"
      return (request, try options.experiment(choice), folder)
    }
    try options.requireNoSettings(ownOptions)
    let folder = RunFolder(path: resume)
    let (request, experiment) = try folder.stored()
    guard request.command == command else {
      throw UsageError.message(
        "\(resume) is a run of cas \(request.command.rawValue). Go on with: cas \(request.command.rawValue) --resume \(resume)"
      )
    }
    return (request, experiment, folder)
  }
}
