import ArgumentParser
import Datasets
import Evaluation
import Foundation

/// What all commands that train have in common.
struct TrainingOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Synthetic samples; one or several, may be repeated.", valueName: "[name=]path"))
  var synthetic: [String] = []

  @Option(help: "The real images: a test split, or a folder with train and test.")
  var real: String?

  @Option(help: "The real training images, if --real has only the test split.")
  var realTrain: String?

  @Option(help: "Class names for formats that only have numbers, one per line.")
  var classNames: String?

  @Option(help: "A preset: \(Preset.all.map(\.name).joined(separator: ", ")); auto chooses from the images.")
  var preset: String?

  @Option(help: "A YAML file with the settings that differ from the defaults.")
  var config: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("One setting; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "The network: resnet8, resnet20, resnet56, resnet18, resnet50, wrn-28-10 …")
  var model: String?

  @Option(parsing: .unconditional, help: "Passes over the smallest training set; for cas curve, over the largest size.")
  var epochs: String?

  @Option(parsing: .unconditional, help: "Training steps of every training, instead of epochs.")
  var steps: String?

  @Option(help: "steps: all trainings take the same number of steps; epochs: of passes over their own set.")
  var budget: String?

  @Option(parsing: .unconditional, help: "Images per step.")
  var batchSize: String?

  @Option(parsing: .unconditional, help: "The peak learning rate of the schedule.")
  var learningRate: String?

  @Option(parsing: .unconditional, help: "At most this many images per class, synthetic and real.")
  var perClass: String?

  @Option(parsing: .unconditional, help: "Number of seeds: independent trainings of each set.")
  var seeds: String?

  @Option(parsing: .unconditional, help: "The first seed; the others follow it.")
  var seed: String?

  @Option(help: "Number format of feature maps: auto, fp32 or bf16.")
  var precision: String?

  @Option(help: "auto, or blas: all convolutions in OpenBLAS.")
  var kernels: String?

  @Option(parsing: .unconditional, help: "Number of threads; results do not depend on it.")
  var threads: Int?

  @Option(parsing: .unconditional, help: "Side length that all images must have; --resize resizes them to it.")
  var input: String?

  @Option(help: "How images are resized to a square: squash, crop or crop-inner.")
  var resize: String?

  @Option(help: "exact, or fast: decode JPEGs that will be shrunk at 1/2, 1/4 or 1/8 of their size.")
  var decode: String?

  @Option(help: "Decode images again for every batch: auto (if they do not fit into memory), always or never.")
  var stream: Streaming = .auto

  @Option(help: "Normalisation: training, imagenet, or MEANS/DEVIATIONS in units of 0 to 1.")
  var normalize: String?

  @Option(
    help: "The baseline's images: matched (the synthetic set's class counts) or full (all real ones) (cas train).")
  var baselineSize: String?

  @Flag(help: "Draw each synthetic set to the real training set's class counts (not in cas nas).")
  var matchLabelCounts = false

  @Option(help: "How often classes are shown: none, balanced (equally often) or real (as in the real images).")
  var weighting: String?

  @Flag(help: "Estimate the time from a few measured steps, then start the run; part of --preset auto.")
  var estimate = false

  @Flag(help: "Train no baseline on real images (not in cas nas).")
  var noBaseline = false

  @Flag(
    name: .customLong("no-gan-test"),
    help: "Do not test the baseline's classifiers on the synthetic images (cas train).")
  var noGANTest = false

  @Flag(help: "Score classes that one side lacks as 0 instead of stopping.")
  var allowMissingClasses = false

  @Option(help: "The run's folder (default: runs/TIME-NAMES). An unfinished run in it is continued.")
  var output: String?

  @Option(help: ArgumentHelp("Continue the run in this folder with its settings.", valueName: "run"))
  var resume: String?

  @Flag(help: "Continue with checkpoints and models of other kernels.")
  var allowKernelChange = false

  @Option(help: ArgumentHelp("Seconds between checkpoints.", visibility: .hidden))
  var checkpointSeconds = 30.0

  @Flag(help: "Also write event files for TensorBoard into the run's folder.")
  var tensorboard = false

  @OptionGroup var printed: ReportOutput

  func validate() throws {
    try OptionFault.check(threads: threads)
    if !(checkpointSeconds >= 0) { throw OptionFault.checkpointSeconds.error }
    if noBaseline && baselineSize != nil {
      throw OptionFault.baselines.error
    }
  }
}

extension TrainingOptions {
  /// What the user should know of options that overrule each other.
  var note: String? {
    guard steps != nil else { return nil }
    let said = "--steps says how long every training is"
    if epochs != nil { return "\(said); --epochs says only what the warm-up and the milestones are parts of." }
    return budget == "epochs" ? "\(said); --budget epochs changes nothing." : nil
  }

  var choosesPreset: Bool { preset == Preset.automatic }

  /// The settings, from the defaults up: preset, file, --set, options.
  ///
  /// - Parameter choice: what `--preset auto` stands for; without one it stands for the defaults.
  func experiment(_ choice: PresetChoice? = nil) throws -> Experiment {
    var configuration = try Configuration()
    if let name = choice?.preset ?? (choosesPreset ? nil : preset) {
      try configuration.overlay(yaml: try Preset.named(name).yaml, source: "the preset \(name)")
    }
    if let choice { try configuration.overlay(yaml: choice.adjustments, source: "the choice of a preset") }
    if let config {
      guard let text = String(validating: try InputFile.contents(of: NamedPath.absolute(config)), as: UTF8.self) else {
        throw DataError.damaged(config, "it is no text in UTF-8")
      }
      try configuration.overlay(yaml: text, source: config)
    }
    for setting in settings { try configuration.set(setting) }
    for (option, key, value) in settingOptions {
      if let value { try configuration.set(key, yaml: value, source: option) }
    }
    return try configuration.experiment()
  }

  /// The options that stand for one setting each.
  private var settingOptions: [(option: String, key: [String], value: String?)] {
    [
      ("--model", ["model"], model), ("--epochs", ["training", "epochs"], epochs), ("--steps", ["steps"], steps),
      ("--budget", ["budget"], budget), ("--batch-size", ["training", "batchSize"], batchSize),
      ("--learning-rate", ["training", "optimizer", "learningRate"], learningRate),
      ("--per-class", ["perClass"], perClass), ("--seeds", ["seeds"], seeds), ("--seed", ["seed"], seed),
      ("--precision", ["precision"], precision), ("--kernels", ["kernels"], kernels), ("--input", ["input"], input),
      ("--resize", ["resize"], resize), ("--decode", ["decode"], decode), ("--weighting", ["weighting"], weighting),
      ("--match-label-counts", ["matchLabelCounts"], matchLabelCounts ? "true" : nil),
      ("--normalize", ["normalization"], normalize),
      (noBaseline ? "--no-baseline" : "--baseline-size", ["baseline"], noBaseline ? "none" : baselineSize),
      ("--allow-missing-classes", ["allowMissingClasses"], allowMissingClasses ? "true" : nil),
      ("--no-gan-test", ["ganTest"], noGANTest ? "false" : nil),
    ]
  }

  /// Refuses what a run that goes on has decided already, and would be ignored.
  ///
  /// - Parameter others: options of one command, and whether they are given.
  /// - Throws: `CommandError`.
  func requireNoSettings(_ others: [(option: String, isGiven: Bool)]) throws {
    let inputs = [
      ("--synthetic", !synthetic.isEmpty), ("--real", real != nil), ("--real-train", realTrain != nil),
      ("--class-names", classNames != nil), ("--output", output != nil), ("--preset", preset != nil),
      ("--config", config != nil), ("--set", !settings.isEmpty),
    ]
    let given = (inputs + settingOptions.map { ($0.option, $0.value != nil) } + others).filter(\.1).map(\.0)
    guard given.isEmpty else { throw CommandError.settingsOfAnotherRun(given) }
  }

  /// The request of a new run.
  func request(_ command: RunRequest.Command) throws -> RunRequest {
    guard !synthetic.isEmpty else { throw CommandError.noSynthetic }
    guard let real else { throw CommandError.noReal }
    let request = RunRequest(
      command: command, real: NamedPath.absolute(real), realTrain: realTrain.map(NamedPath.absolute),
      synthetic: try NamedPath.parse(synthetic), classNames: classNames.map(NamedPath.absolute))
    guard request.inputs.count(where: { $0 == PipedInput.standardInput }) < 2 else { throw UsageError.sharedPipe }
    return request
  }

  /// How the trainings are driven.
  var driver: TrainingDriver.Options {
    var driver = TrainingDriver.Options()
    driver.checkpointInterval = checkpointSeconds
    driver.allowsKernelChange = allowKernelChange
    driver.writesEvents = tensorboard
    return driver
  }

  /// Whether the run goes to a new folder that the program names.
  var namesFolder: Bool { output == nil && resume == nil }

  /// Where the run goes: `--output`, or a folder named by the time and the sets.
  func outputPath(for request: RunRequest) -> String {
    if let output { return output }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    return "runs/\(formatter.string(from: Date()))-\(request.synthetic.map(\.name).joined(separator: "-").prefix(80))"
  }
}

extension Streaming: ExpressibleByArgument {}
