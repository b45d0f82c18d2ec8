internal import Foundation

/// What `cas study --truth` is asked: one model as the truth, and models of graded capacity that learn from its samples.
package struct TruthRequest: Codable, Equatable, Sendable {
  /// The file of a saved model; nil where `fit` is.
  package var model: String?
  /// The family that is fitted to `real`.
  package var fit: GeneratorChoice?
  package var real: String?
  package var realTrain: String?
  /// Images of each class that the models may learn from.
  package var trainingPerClass = 1000
  /// Images of each class in the validation set and in the test set, and samples of each class of every model.
  package var perClass = 500
  /// The time of the whole study, which decides how many models there are; nil for all of them.
  package var minutes: Double?
  package var seed: UInt64 = 0

  package init() {}
}

extension TruthRequest {
  /// Reads `gaussian`, `ppca:RANK`, `mixture:COMPONENTS:RANK`, or the path of a model.
  ///
  /// - Throws: `UsageError`.
  package init(_ text: String) throws {
    self.init()
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let family = GeneratorChoice.Family(rawValue: parts[0]), !NamedPath.exists(text) else {
      model = NamedPath.absolute(text)
      return
    }
    let numbers = parts.dropFirst().compactMap { Int($0) }.filter { (1...1_000_000).contains($0) }
    guard numbers.count == parts.count - 1, numbers.count == family.options.count || numbers.isEmpty else {
      throw UsageError.truth(text)
    }
    var choice = GeneratorChoice(family)
    if !numbers.isEmpty {
      switch family {
      case .ppca: choice.rank = numbers[0]
      case .mixture: (choice.components, choice.rank) = (numbers[0], numbers[1])
      default: throw UsageError.truth(text)
      }
    }
    fit = choice
  }
}

/// A model of a study: a family at one capacity, and how many images of each class it learns from.
struct Candidate: Codable, Equatable {
  let choice: GeneratorChoice
  let trainingPerClass: Int

  /// The name of its folder and of its line in tables.
  var name: String { "\(group)-n\(trainingPerClass)" }

  /// Points that learn from more and more images are one group, as the checkpoints of one training are.
  var group: String {
    choice.family.rawValue + (choice.components.map { "-k\($0)" } ?? "") + (choice.rank.map { "-r\($0)" } ?? "")
  }

  /// All candidates that fit images of `dimensions` numbers, from the smallest to the largest capacity.
  static func all(dimensions: Int, trainingPerClass: Int) -> [Candidate] {
    var choices: [GeneratorChoice] = []
    func add(_ family: GeneratorChoice.Family, components: Int? = nil, rank: Int? = nil) {
      var choice = GeneratorChoice(family)
      (choice.components, choice.rank) = (components, rank)
      choices.append(choice)
    }
    for rank in [1, 2, 5, 10, 20, 50, 100, 200] where rank < dimensions { add(.ppca, rank: rank) }
    for (components, rank) in [(2, 2), (2, 10), (5, 2), (5, 10), (10, 5)] where rank < dimensions {
      add(.mixture, components: components, rank: rank)
    }
    add(.gaussian)
    return choices.flatMap { choice in
      [trainingPerClass / 4, trainingPerClass].compactMap { images in
        images >= max(10, 2 * (choice.components ?? 1)) ? Candidate(choice: choice, trainingPerClass: images) : nil
      }
    }
  }

  /// A part of the candidates, spread evenly, so that a short study spans the same capacities.
  static func spread(_ all: [Candidate], count: Int) -> [Candidate] {
    guard count < all.count, count > 1 else { return Array(all.prefix(max(count, 1))) }
    return (0..<count).map { all[$0 * (all.count - 1) / (count - 1)] }
  }
}
