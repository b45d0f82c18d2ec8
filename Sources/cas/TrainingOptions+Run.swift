import Datasets
import Evaluation
import Foundation
import Metrics
import Reports

extension TrainingOptions {
  /// What `cas train`, `cas nas` and `cas curve` do: load, lay out, train, test, report.
  ///
  /// - Parameters:
  ///   - ownOptions: the options that only this command has, and whether they are given.
  ///   - complete: adds what only this command asks for.
  func run(
    _ command: RunRequest.Command, ownOptions: [(option: String, isGiven: Bool)],
    complete: (inout RunRequest) throws -> Void
  ) throws {
    let terminal = Terminal(isQuiet: printed.quiet)
    let events = terminal.events(shouldStop: { Interruption.received != 0 })
    var (plan, folder) = try self.plan(command, ownOptions, complete, events)
    let (request, experiment) = (plan.request, plan.experiment)
    let environment = ProcessInfo.processInfo.environment
    let machine = try Machine(
      threads: threads, choice: experiment.kernels, precision: experiment.precision, environment: environment)
    if !namesFolder, let report = try folder.finishedReport(plan) {
      events.note("\(folder.path) holds this run, finished; nothing was read or trained again.")
      return try terminal.print(report, printed)
    }
    if resume == nil { try OutputPath.checkPlace(folder.path, outside: request.inputs) }
    var lock = namesFolder ? nil : try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    // A number may stand in a name for something else.
    if let axis = request.axis { events.note(axis.reading(of: request.synthetic.map(\.name))) }
    for note in [request.axis?.note, self.note].compactMap({ $0 }) { events.warn("note: \(note)") }

    let context = RunContext(machine, events)
    var reader = context.reader
    reader.streaming = stream
    let data = try StudyData(ImageSelection(plan), reader)
    try data.requireClasses()
    // Until here there is nothing to save, and the first signal ends the program.
    Interruption.watch()
    var run = try Run(plan, data, folder: folder, context)
    // Everything that can be wrong with the settings is found before the folder is made.
    try MemoryDemand(run.study, on: machine.processor).check()
    for note in data.warningsOfSets + run.study.notes { events.warn("note: \(note)") }
    if namesFolder { folder = try RunFolder.new(folder.path) }
    if lock == nil { lock = try folder.made() }
    if try folder.prepare(plan) { events.note("\(folder.path) holds this run already; going on with it.") }
    (run.folder, run.context) = (folder, context.withCaches(of: environment))

    if estimate || choosesPreset, let estimate = try TimeEstimate(run) { events.note(estimate.text) }
    let metrics: (sets: [MetricsResult], notes: [String])
    let outcomes: [StudyRunner.Outcome]
    do {
      // Before the trainings, so that a metric that these samples do not allow is known at once.
      metrics = try MetricsStudy.beside(run)
      outcomes = try StudyRunner(run, driver).outcomes()
    } catch let error as Interrupted {
      let again = request.inputs.contains(where: PipedInput.isPipe) ? ", with the same samples piped in" : ""
      events.note(
        "The state is saved. Go on with: cas \(request.command.rawValue) --resume \(folder.path.shellQuoted)\(again)")
      throw error
    }
    let result = try RunReport(outcomes, of: run, metrics: metrics)
    if tensorboard { try folder.writeEvents(folder.logged(), report: result.report) }
    try result.write(to: folder)
    try terminal.print(result.report, printed)
    events.note("The report: \(folder.file("report.html"))")
  }

  /// What is to be done and where: from the options, or from the folder of a run to be resumed.
  private func plan(
    _ command: RunRequest.Command, _ ownOptions: [(option: String, isGiven: Bool)],
    _ complete: (inout RunRequest) throws -> Void, _ events: RunEvents
  ) throws -> (plan: RunPlan, folder: RunFolder) {
    guard let resume else {
      var request = try self.request(command)
      try complete(&request)
      let own = try experiment()
      try CommandError.refuse(
        [
          (
            "--real-train",
            realTrain != nil && request.metrics == nil && !RunPlan(request, own).readsRealTraining
          )
        ], because: .noRealTraining)
      try CommandError.refuse(
        [("weighting", request.mixing == .batch && own.weighting != .none)],
        because: .mixedBatches)
      let folder = RunFolder(path: outputPath(for: request))
      guard choosesPreset else {
        request.preset = preset
        return (RunPlan(request, own), folder)
      }
      let choice = try PresetChoice(PresetChoice.Facts(of: RunPlan(request, own)))
      events.note("preset: \(choice.reason)")
      if own.seeds < 3 {
        events.note("preset: add --seeds 3 for a result to publish; fewer say little about other seeds")
      }
      request.preset = "\(Preset.automatic) (\(choice.preset))"
      return (RunPlan(request, try experiment(choice)), folder)
    }
    try requireNoSettings(ownOptions)
    let folder = RunFolder(path: resume)
    let plan = try folder.stored()
    let request = plan.request
    guard request.command == command else {
      throw CommandError.otherCommand(resume, command: request.command.rawValue)
    }
    return (plan, folder)
  }
}
