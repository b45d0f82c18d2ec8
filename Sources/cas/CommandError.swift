import ArgumentParser
import Evaluation
import Images

/// What the options of a command ask for together that cannot be; the program exits with 64.
enum CommandError: Error, Equatable {
  case emptyValue(String)
  case unknownCommand(String, of: String, known: [String])
  case useless(String, Reason)
  case noSynthetic
  case noReal
  case settingsOfAnotherRun([String])
  case otherCommand(String, command: String)
  case oneSide
  case noSets
  case imagesAndFiles
  case sameOutputs
  case severalSets
  case unknownDemonstration(String, known: [String])
  case notPNG(String)
  case nothingToCompare(String, option: String)

  /// Why an option would change nothing.
  enum Reason {
    case noRealTraining, mixedBatches, wholeRealSet, sizesOfSamples, givenFeatures, givenWeights, demonstration
    case savedModel, otherFamily, knownTruth
  }

  /// Refuses options that would change nothing.
  static func refuse(_ given: [(option: String, isGiven: Bool)], because reason: Reason) throws {
    guard let first = given.first(where: \.isGiven) else { return }
    throw useless(first.option, reason)
  }
}

/// A value that an option does not take, or options that exclude each other; the parser shows the usage beside it.
enum OptionFault {
  case threads, input, resize, resizeWithoutInput
  case images, iterations, step, maxLeaks, limit, split, reference, checkpointSeconds
  case unit, dimensions, perClass, minutes, noLikelihoods
  case outputAndFormat, literatureOfSeveralRuns, jsonAndFormat, noSizes, conventionWithoutAxis, baselines
  case levels, positive, fitOrModel, fitWithoutReal, countTwice
  case paperAndOthers, uncertaintyWithoutPaper

  static func check(threads: Int?) throws {
    if let threads, !(1...1024).contains(threads) { throw OptionFault.threads.error }
  }

  static func check(input: Int?, resize: String?) throws {
    if let input, !(8...4096).contains(input) { throw OptionFault.input.error }
    if let resize, ResizeMode(rawValue: resize) == nil { throw OptionFault.resize.error }
    if resize != nil && input == nil { throw OptionFault.resizeWithoutInput.error }
  }
}

// All that the command line says of errors of its own.

extension CommandError: CustomStringConvertible {
  var description: String {
    switch self {
    case .emptyValue(let option): "The value of \(option) is empty, as an unset variable gives it. Give it a value."
    case .unknownCommand(let word, let path, let known):
      "There is no command \(path == "cas" ? "" : "\(path.dropFirst(4)) ")\(word).\(suggestion(to: word, in: known)) "
        + "`\(path) --help` lists the commands."
    case .useless(let option, let reason): "\(option) would change nothing: \(words(reason)). Leave it out."
    case .noSynthetic:
      "There is no --synthetic. Name the generator's samples with --synthetic [NAME=]PATH."
    case .noReal: "There is no --real. Name the real test images with --real PATH."
    case .settingsOfAnotherRun(let options):
      "\(options.joined(separator: ", ")) cannot be given with --resume: a run goes on with its own data and settings. "
        + "Leave \(options.count > 1 ? "them" : "it") out, or start another run with another --output."
    case .otherCommand(let run, let command):
      "\(run) is a run of cas \(command). Go on with: cas \(command) --resume \(run)"
    case .oneSide: "Images are compared with images: give both --synthetic and --real."
    case .noSets:
      "Give --synthetic and --real, images, or --features-synthetic and --features-real, files of features."
    case .imagesAndFiles: "Give images (--synthetic, --real) or files of features, not both."
    case .sameOutputs: "--write-statistics and --html name one file. Choose two."
    case .severalSets: "A demonstration looks at one set of samples. Give one."
    case .unknownDemonstration(let name, let known):
      "There is no demonstration \(name).\(suggestion(to: name, in: known)) There are \(known.joined(separator: ", "))."
    case .notPNG(let path): "\(path): the picture is a PNG file. Choose a name that ends in .png."
    case .nothingToCompare(let path, let option):
      "\(option) is about copies of real images, and \(path) has no two splits to compare. Name the real images with "
        + "--real."
    }
  }

  private func suggestion(to word: String, in known: [String]) -> String {
    Spelling.nearest(to: word, in: known).map { " Did you mean \($0)?" } ?? ""
  }

  private func words(_ reason: Reason) -> String {
    switch reason {
    case .noRealTraining: "without a baseline nothing is trained on real images"
    case .mixedBatches: "with --mix batch every batch has its own share of samples"
    case .wholeRealSet: "cas nas adds samples to the whole real training set, and compares with that set alone"
    case .sizesOfSamples:
      "the real images of a curve have the sizes of the samples, and are tested on the real test images alone"
    case .givenFeatures: "files of features come as they are"
    case .givenWeights: "the network comes from --weights"
    case .savedModel: "the model of --model is as it is"
    case .otherFamily: "the family of --fit has no such capacity"
    case .knownTruth: "with --truth the study draws its samples and knows their likelihoods"
    case .demonstration: "a demonstration computes what it is about, of one set of samples"
    }
  }
}

extension OptionFault {
  var error: ValidationError { ValidationError(text) }

  private var text: String {
    switch self {
    case .threads: "--threads takes 1 to 1024."
    case .input: "--input takes 8 to 4096 pixels."
    case .resize: "--resize takes \(ResizeMode.list)."
    case .resizeWithoutInput: "--resize needs --input."
    case .images: "--images takes 20 to 100,000."
    case .iterations: "--iterations takes 1 to 100,000."
    case .step: "--step takes a number above 0 and up to 1."
    case .maxLeaks: "--max-leaks takes 0 or more."
    case .limit: "--limit takes 0 or more."
    case .split: "--split takes train or test."
    case .reference: "--reference takes test or train."
    case .unit: "--unit takes \(LikelihoodTable.Unit.allCases.map(\.rawValue).joined(separator: ", "))."
    case .perClass: "--per-class and --training-per-class take 10 to 1,000,000."
    case .minutes: "--minutes takes a number above 0."
    case .noLikelihoods:
      "There are no likelihoods. Give a table with --log-likelihoods FILE, or a model as the truth with --truth."
    case .dimensions: "--dimensions takes a number of at least 1."
    case .checkpointSeconds: "--checkpoint-seconds takes a number of seconds."
    case .outputAndFormat: "--output writes a page and --format prints a table. Choose one of them."
    case .literatureOfSeveralRuns:
      "--with-literature belongs to the page of each run, or to --format. Leave --output away."
    case .jsonAndFormat: "--json writes the whole report and --format the table of results. Choose one of them."
    case .paperAndOthers:
      "--paper writes files of its own. Leave --output, --format and --with-literature away."
    case .uncertaintyWithoutPaper: "--uncertainty needs --paper."
    case .noSizes: "There are no --sizes, such as 500,1000,2000."
    case .conventionWithoutAxis: "--axis-convention needs --axis."
    case .levels: "--levels takes 2 to 256."
    case .positive: "--rank, --components, --width, --depth, --epochs, --per-class and --count take 1 to 10,000,000."
    case .fitOrModel: "Give --fit with a family, or --model with a saved model, and not both."
    case .fitWithoutReal: "--fit needs the images to fit to: --real PATH."
    case .countTwice: "--per-class and --count exclude each other."
    case .baselines: "--no-baseline and --baseline-size exclude each other."
    }
  }
}
