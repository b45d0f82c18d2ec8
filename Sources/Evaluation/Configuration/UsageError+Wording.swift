internal import Datasets
import Foundation
internal import Kernels

// All that `UsageError` says to the user.
extension UsageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownPreset(let name, let known):
      "There is no preset \(name).\(suggestion(to: name, in: known)) The presets are \(list(known))."
    case .unknownKey(let key, let file, let nearest):
      "\(file) sets \(key), which is not a key of the configuration.\(suggestion(nearest))"
    case .wrongValue(let key, let value, let expected):
      "\(key) cannot be \(value.isEmpty ? "empty" : value); it takes \(expected)."
    case .unknownModel(let name, let nearest):
      "There is no model \(name).\(suggestion(nearest)) `cas describe --help` lists the models."
    case .manyAliases(let source, let aliases, let most):
      "\(source) has \(aliases) aliases (*name), and at most \(most) are read. Write out what they stand for."
    case .expandingAliases(let source, let most):
      "\(source) has aliases (*name) that expand to more than \(most) values. Write out what they stand for."
    case .notYAML(let source, let detail): "\(source) is not YAML: \(detail). Mend it, or leave it out."
    case .notAMapping(let source):
      "\(source) is not a mapping of keys to values. docs/training.md lists the keys."
    case .noAssignment(let text): "--set takes key=value, and this is \(text)."
    case .resizeWithoutInput: "resize needs a size. Pass --input SIZE beside it."
    case .incompleteName(let value, let option):
      "\(option) \(value) lacks a name or a path around the equals sign."
    case .unusableName(let name, let path, let option):
      "\(name.debugDescription) cannot name a synthetic set: names are of the letters a to z and A to Z, digits, dots, "
        + "dashes and underscores. Write \(option) NAME=\(path.shellQuoted)."
    case .longName(let name, let longest, let option):
      "The name \(name.prefix(30))… has \(name.utf8.count) letters, and file names have room for \(longest). "
        + "Write \(option) SHORTER=PATH."
    case .reservedName(let path, let option):
      "baseline is the name of the real training set. Write \(option) OTHER=\(path)."
    case .sharedPipe:
      "Standard input is one set of images, and - stands for two. Give the other one as a file, or as <(…)."

    case .repeatedName(let name, let path, let option):
      "Two synthetic sets are called \(name). Write \(option) OTHER=\(path)."

    case .smallImages(let shape, let model, let least):
      "\(model) needs images of at least \(least)x\(least) pixels, and these have \(size(shape)). Choose another "
        + "--model, or larger images with --input."
    case .blasInBF16: "--kernels blas computes in fp32. Leave out --precision bf16, or --kernels blas."
    case .noBF16(let set):
      "This processor has no products of bf16 numbers (AVX512-BF16 or AMX), or CAS_ISA=\(set.rawValue) leaves them out. "
        + "Leave out --precision, or pass --precision fp32."
    case .memoryOfTraining(let bytes, let batchSize, let available):
      "A training step at batch \(batchSize) takes \(memory(bytes, available)) Choose a smaller --batch-size, a smaller "
        + "--model or smaller images (--input)."
    case .memoryOfTesting(let bytes, let available):
      "Testing takes \(memory(bytes, available)) Choose smaller images (--input)."
    case .nasWithoutRealTraining:
      "NAS adds samples to the real training set, and there is none. Name it with --real-train."
    case .matchingWithoutRealTraining:
      "--match-label-counts needs the real training set, and there is none. Name it with --real-train."
    case .smallBatch(let batch, let fraction, let set):
      "A batch of \(batch) images cannot hold \(fraction) samples of \(set) for each real image. Choose a larger "
        + "--batch-size, or --mix concatenate."
    case .nothingToAdd(let images):
      "No fraction of --add gives a sample to add: the real training set has \(images.counted("image", "images")). "
        + "Choose larger fractions."
    case .noSetOfSize(let images, let largest):
      "No synthetic set has \(images.counted("image", "images")); the largest has \(largest.grouped). Choose smaller "
        + "--sizes."
    case .otherSize(let path, let shape, let weights, let trained):
      "\(path) has images of \(size(shape)), and the network in \(weights) was trained on \(size(trained)). Pass --input "
        + "\(trained.height) --resize squash, or --input \(shape.height) to test it on these as they are."
    case .unnamedNetwork(let path): "\(path) does not say which network it belongs to. Name it with --model."

    case .unknownMetric(let name, let nearest, let known):
      "There is no metric \(name.isEmpty ? "without a name" : name).\(suggestion(nearest)) The metrics are "
        + "\(list(known))."
    case .outOfRange(let option, let range):
      "\(option) takes \(range.lowerBound.grouped) to \(range.upperBound.grouped)."
    case .wrongClusters: "--clusters takes minibatch or full."
    case .wrongTie: "--tie takes inclusive or exclusive."
    case .metric(let obstacle): "\(obstacle)."
    case .nothingToCompute(let obstacles):
      "There is nothing to compute: \(obstacles.map(\.description).joined(separator: "; "))."
    case .noRealFeatures: "Statistics are written of real features, and there are none."
    case .noLabels: "--per-class needs labels on both sides, the samples' and the real images'."
    case .nothingToCompare:
      "There are no features on both sides, and no logits or probabilities of the samples."
    case .noLabelledSets:
      "Give --real with images in two splits, or labelled features of real images and of one more set."
    case .noCommonClasses: "Both sets need two classes in common, and have not."
    case .nothingToSplit(let path): "\(path) has no logits or probabilities, and the splits are of these."
    case .nothingToTest: "Give features to be tested (--features-synthetic and --features-real)."
    case .noTrainingSplit(let path):
      "\(path) has no training split beside its test split, and both are needed."

    case .unknownFeatures(let name, let known):
      "There are no features called \(name).\(suggestion(to: name, in: known)) --features takes \(list(known))."
    case .noWeights(let features):
      "--features \(features) needs the file of its weights: pass --weights FILE."
    case .noImagesForOwnNetwork:
      "The own network is trained on real images: name them with --real, or pass a model that cas trained as --weights."
    case .noModelOfARun(let path):
      "\(path) does not say which images its network takes: a model-….safetensors of a run does, and weights of a "
        + "published network need its name (--features, where there is that option)."
    case .sizeOfFeatures(let path, let shape, let features, let trained):
      "\(path) has images of \(size(shape)) pixels, and the network of --features \(features) was trained on "
        + "\(size(trained)). Pass --input \(trained.height) --resize squash."
    case .coloursOfFeatures(let path, let features):
      "\(path) has colour images, and the network of --features \(features) was trained on grey ones."
    case .noReference(let path):
      "\(path) has no training images. Pass --real-train PATH, or leave out --reference train."
    case .fewImagesForSplits(let path, let images, let splits):
      "The attack needs \(splits) real test images for the \(splits) splits of their Inception Score, and \(path) has "
        + "\(images)."
    case .foreignClassifier:
      "The attack needs a classifier that cas has trained on the classes of these images: leave out --weights, or pass a "
        + "model-….safetensors of such a run."

    case .unknownResult(let name, let place, let known): Self.unknownResult(name, place, known)
    case .unknownColumn(let name, let known):
      "There is no column \(name).\(suggestion(to: name, in: known)) The columns are \(list(known))."
    case .fewColumns(let count):
      "A correlation needs two columns of numbers, and there \(count == 0 ? "is none" : "is one"). The first column of a "
        + "table names its rows."
    case .repeatedInput(let path): "\(path) is named twice. Name each input once."
    case .repeatedRow(let row, let table):
      "\(table) has two rows of the name \(row), so that it cannot be joined with other tables. Rename one."
    case .repeatedRun(let runs): "\(list(runs)): a run is named twice. Name each once."
    case .fewResults(let count, let runs):
      "A comparison needs two results, and \(list(runs)) \(count == 0 ? "has none" : "has one"). Name another run, or "
        + "add --baselines."
    case .readDifferently(let first, let second, let differences, let isSamePath):
      "The test images of \(first) and \(second) were read differently (\(differences.joined(separator: "; "))), so that "
        + "they cannot be compared image by image. Run one of them again with the other's "
        + "\(isSamePath ? "" : "--real, ")--input, --resize and --decode."
    case .otherImages(let first, let second, let paths):
      "\(first) and \(second) were tested on different images (\(paths.joined(separator: " and "))), so that they cannot "
        + "be compared image by image. Run one of them again with the other's --real."
    case .noPredictions(let run, let command):
      "\(run) lacks predictions.npz. Remove its report.json and go on with: cas \(command) --resume \(run.shellQuoted)"
    case .fileOfRun(let path, let folder):
      "\(path) is a file of a run. Name the run's folder, \(folder)."
    case .unfinishedRun(let run, let command):
      "The run in \(run) is not finished. Go on with: cas \(command) --resume \(run.shellQuoted)"
    case .noThreshold: "There is no threshold. Give one, such as --min-top1 0.7."
    case .noResults(let run): "\(run) has no results to check."
    case .unchecked(let result, let run, let lack): "\(result) in \(run) \(Self.words(lack))."
    case .axisSyntax(let text):
      "--axis takes NAME=VALUE,… or NAME, and this is \(text.debugDescription)."
    case .axisWithoutNumbers(let text): "--axis \(text): not all of its values are numbers."
    case .axisValues(let text, let count, let sets):
      "--axis \(text) has \(count) values, and there are \(sets.count) synthetic sets (\(list(sets))). Give each its "
        + "number."
    case .nameWithoutNumber(let set, let axis):
      "The name \(set) does not end in a number for --axis \(axis). Name the sets like t0.5=PATH, or give the values: "
        + "--axis \(axis)=VALUE,…."
    case .unknownConvention(let name, let known):
      "There is no truncation convention \(name). The conventions are "
        + known.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: " and ") + "."

    case .repeatedExtractor(let name): "--features names \(name) twice. Name it once."
    case .metricOutsideStudy(let name):
      "cas study has no \(name), which needs the training images of every model. Compute it with cas metrics."
    case .modelWithoutLikelihoods(let name, let table):
      "\(table) has no line of the model \(name). Name its samples as the column model does, --synthetic MODEL=PATH."
    case .truth(let text):
      "--truth takes gaussian, ppca:RANK, mixture:COMPONENTS:RANK or a model of cas sample, and this is \(text)."
    case .truthWithoutImages: "--truth fits a model to real images, and there are none. Name them with --real PATH."

    case .replacesInput(let path):
      "\(path) is read by this command, and would be replaced. Choose another name."
    case .insideDataSet(let path, let dataset):
      "\(path) lies in the data set \(dataset), and would be read as a part of it. Choose a place elsewhere."
    case .noFolder(let path): "\(path) is a file, or lies in one. Choose another --output."
    case .otherRun(let path, let difference):
      "\(path) holds a run with another configuration (\(difference)). Choose another --output, or repeat that run's "
        + "settings to go on with it."
    case .foreignFile(let path):
      "\(path) was not written by cas, and is not replaced. Choose another folder for --paper."
    case .foreignFolder(let path): "\(path) is not empty and holds no run. Choose another --output."
    }
  }

  private func suggestion(_ nearest: String?) -> String { nearest.map { " Did you mean \($0)?" } ?? "" }
  private func suggestion(to word: String, in known: [String]) -> String {
    suggestion(Spelling.nearest(to: word, in: known))
  }
  private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
  private func size(_ shape: Shape) -> String { "\(shape.width)x\(shape.height)" }
  private func memory(_ bytes: Int, _ available: Int) -> String {
    func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
    return "\(gigabytes(bytes)) of memory, and this machine has \(gigabytes(available))."
  }

  private static func words(_ lack: Gate.Lack) -> String {
    switch lack {
    case .untested: "was not tested"
    case .noTop5: "has no Top-5, because it has five classes or fewer"
    case .noBaseline: "has no baseline to compare with: run it with real training images, or leave the threshold out"
    case .noTestedClass: "has no class with test images"
    }
  }

  private static func unknownResult(_ name: String, _ place: String, _ known: [String]) -> String {
    let keys = known.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    // Whoever names the set alone means one of its results.
    let nearest =
      keys.first { $0.hasPrefix("\(name)+") || $0.hasPrefix("\(name)@") } ?? Spelling.nearest(to: name, in: keys)
    let shown = keys.prefix(20).joined(separator: ", ") + (keys.count > 20 ? " and \(keys.count - 20) more" : "")
    return "\(place) has no result \(name).\(nearest.map { " Did you mean \($0)?" } ?? "") The results are \(shown)."
  }
}

extension MetricObstacle: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .noProbabilities(let sets): "\(metric) needs logits or probabilities of the samples\(Self.words(sets))"
    case .noFeatures(let sets): "\(metric) needs features of the samples\(Self.words(sets))"
    case .noRealFeatures: "\(metric) needs features of the real images"
    }
  }

  private static func words(_ lacking: [String]) -> String {
    lacking.isEmpty ? "" : ", which \(lacking.capped()) \(lacking.count == 1 ? "lacks" : "lack")"
  }
}
