package import Kernels

/// What a user asked for that cannot be; the command line exits with 64.
package enum UsageError: Error, Equatable {
  // Configuration
  case unknownPreset(String, known: [String])
  case unknownKey(String, file: String, nearest: String?)
  case wrongValue(key: String, value: String, expected: String)
  case unknownModel(String, nearest: String?)
  case manyAliases(String, aliases: Int, most: Int)
  case expandingAliases(String, most: Int)
  case notYAML(String, detail: String)
  case notAMapping(String)
  case noAssignment(String)
  case resizeWithoutInput
  case incompleteName(String, option: String)
  case unusableName(String, path: String, option: String)
  case longName(String, longest: Int, option: String)
  case reservedName(path: String, option: String)
  case sharedPipe
  case repeatedName(String, path: String, option: String)

  // Protocols
  case smallImages(Shape, model: String, least: Int)
  case blasInBF16
  case noBF16(InstructionSet)
  /// Bytes.
  case memoryOfTraining(Int, batchSize: Int, available: Int)
  case memoryOfTesting(Int, available: Int)
  case nasWithoutRealTraining
  case matchingWithoutRealTraining
  case smallBatch(Int, fraction: Double, set: String)
  case nothingToAdd(realImages: Int)
  case noSetOfSize(Int, largest: Int)
  case otherSize(String, Shape, weights: String, trained: Shape)
  case unnamedNetwork(String)

  // Metrics
  case unknownMetric(String, nearest: String?, known: [String])
  case outOfRange(String, ClosedRange<Int>)
  case wrongTie
  case wrongClusters
  case metric(MetricObstacle)
  case nothingToCompute([MetricObstacle])
  case noRealFeatures
  case noLabels
  case nothingToCompare
  case noLabelledSets
  case noCommonClasses
  case nothingToSplit(String)
  case nothingToTest
  case noTrainingSplit(String)

  // Features
  case unknownFeatures(String, known: [String])
  case noWeights(features: String)
  case noImagesForOwnNetwork
  case noModelOfARun(String)
  case sizeOfFeatures(String, Shape, features: String, trained: Shape)
  case coloursOfFeatures(String, features: String)
  case noReference(String)
  case fewImagesForSplits(String, images: Int, splits: Int)
  case foreignClassifier

  // Comparison
  /// The place is the run, or the runs.
  case unknownResult(String, at: String, known: [String])
  case unknownColumn(String, known: [String])
  case fewColumns(Int)
  case repeatedInput(String)
  case repeatedRow(String, table: String)
  case repeatedRun([String])
  case fewResults(Int, runs: [String])
  case readDifferently(String, String, differences: [String], isSamePath: Bool)
  case otherImages(String, String, paths: [String])
  case noPredictions(String, command: String)
  case fileOfRun(String, folder: String)
  case unfinishedRun(String, command: String)
  case noThreshold
  case noResults(String)
  case unchecked(String, run: String, Gate.Lack)
  case axisSyntax(String)
  case axisWithoutNumbers(String)
  case axisValues(String, count: Int, sets: [String])
  case nameWithoutNumber(String, axis: String)
  case unknownConvention(String, known: [String: String])

  // Study
  case repeatedExtractor(String)
  case metricOutsideStudy(String)
  case modelWithoutLikelihoods(String, table: String)
  case truth(String)
  case truthWithoutImages

  // Run folder
  case replacesInput(String)
  case insideDataSet(String, dataset: String)
  case noFolder(String)
  case otherRun(String, difference: String)
  case foreignFolder(String)
  case foreignFile(String)
}

/// Why a metric cannot be computed of some sets.
package struct MetricObstacle: Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// The sets without, where others have them.
    case noProbabilities(lacking: [String])
    case noFeatures(lacking: [String])
    case noRealFeatures
  }

  let metric: String
  let reason: Reason
}
