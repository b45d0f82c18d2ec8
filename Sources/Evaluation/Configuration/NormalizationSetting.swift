package import Datasets
import Foundation

/// The source of the mean and standard deviation for normalising images.
package enum NormalizationSetting: Equatable, Sendable {
  case training
  case given(Normalization)

  /// Reads `training`, `imagenet` or `MEAN,…/DEVIATION,…` (one number or one per channel, in units of 0 to 1).
  ///
  /// - Throws: `UsageError.wrongValue`.
  package init(_ text: String, key: String = "normalization") throws {
    switch text {
    case "training": self = .training
    case "imagenet": self = .given(.imageNet)
    default:
      let halves = text.split(separator: "/", omittingEmptySubsequences: false).map { half in
        half.split(separator: ",").map { Float($0.trimmingCharacters(in: .whitespaces)) }
      }
      let numbers = halves.map { $0.compactMap { $0 } }
      guard halves.count == 2, numbers[0].count == halves[0].count, numbers[1].count == halves[1].count,
        numbers[0].count == numbers[1].count, [1, 3].contains(numbers[0].count),
        numbers.joined().allSatisfy(\.isFinite), numbers[1].allSatisfy({ $0 > 0 })
      else {
        throw UsageError.wrongValue(
          key: key, value: text, expected: "training, imagenet, or means and deviations such as 0.5,0.5,0.5/0.2,0.2,0.2"
        )
      }
      self = .given(Normalization(mean: numbers[0], deviation: numbers[1]))
    }
  }
}
