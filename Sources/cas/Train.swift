import ArgumentParser
import Evaluation

/// `cas train`: the Classification Accuracy Score.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train on each synthetic set, test on real images, beside a baseline trained on real images.",
    discussion: """
      All trainings of a run take the same number of steps, and the baseline has as many images of each class as the \
      synthetic set, so that a drop measures the samples and not their number.
      """)

  @OptionGroup var options: TrainingOptions

  func run() throws { try RunCommand(options, command: .train).run() }
}

/// `cas nas`: the Naive Augmentation Score.
struct NAS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nas",
    abstract: "Add synthetic samples to the real training set, and see whether that helps.",
    discussion: "Each fraction is of the real training set's size, class by class; 0 is the real set alone.")

  @OptionGroup var options: TrainingOptions

  @Option(help: ArgumentHelp("Fractions of synthetic images to add.", valueName: "f,f,…"))
  var add = "0,0.25,0.5,1"

  func run() throws {
    let fractions = add.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard fractions.allSatisfy({ $0.map { $0.isFinite && $0 >= 0 && $0 <= 100 } ?? false }) else {
      throw UsageError.wrongValue(key: "--add", value: add, expected: "fractions from 0 to 100, such as 0,0.25,0.5,1")
    }
    try RunCommand(options, command: .nas, add: Set(fractions.compactMap { $0 }).sorted()).run()
  }
}
