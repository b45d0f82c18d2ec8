import Foundation
import Generators
import Kernels
import Testing

/// What every family must do, on spaces whose images can all be listed.
@Suite struct TinySpaceTests {
  /// A family fitted to tiny images.
  struct Case: Sendable, CustomTestStringConvertible {
    let family: any GeneratorFamily
    let space: ImageSpace
    var testDescription: String { "\(type(of: family).name) \(family.capacity) \(space.text)" }

    func fit(threads: Int = 2) throws -> any LikelihoodModel { try Self.fit(family, space, threads) }

    private static func fit(
      _ family: some GeneratorFamily, _ space: ImageSpace, _ threads: Int
    ) throws -> any LikelihoodModel {
      try family.fit(TinySpaces.data(space, perClass: 150), TinySpaces.context(threads: threads))
    }
  }

  static let families: [any GeneratorFamily] = [
    GaussianFamily(), PrincipalFamily(rank: 2), MixtureFamily(components: 3, rank: 1),
    PixelCNNFamily(width: 6, depth: 2, epochs: 3),
  ]
  static let cases = families.flatMap { family in
    [TinySpaces.grey, TinySpaces.colour].map { Case(family: family, space: $0) }
  }

  @Test(arguments: cases)
  func massesOfAllImagesSumToOne(_ item: Case) throws {
    let model = try item.fit()
    let values = try TinySpaces.logLikelihoods(model, TinySpaces.all(item.space))
    for label in 0..<2 {
      let sum = stride(from: label, to: values.count, by: 2).reduce(0) { $0 + exp(values[$1]) }
      #expect(abs(sum - 1) < 1e-9)
    }
  }

  /// The chi-square statistic of all images of the grey space against their probabilities.
  @Test(arguments: cases.filter { $0.space == TinySpaces.grey })
  func samplesHaveTheirFrequencies(_ item: Case) throws {
    let model = try item.fit()
    let count = 20_000
    let all = TinySpaces.all(item.space)
    let values = try TinySpaces.logLikelihoods(model, all)
    for label in 0..<2 {
      let samples = try TinySpaces.sample(model, [Int](repeating: label, count: count))
      var counts = [Int](repeating: 0, count: all.count)
      for image in 0..<count { counts[samples[image].reversed().reduce(0) { $0 * 3 + Int($1) }] += 1 }
      // Rare images together make one cell.
      var (statistic, cells, rare) = (0.0, 0, (count: 0.0, expected: 0.0))
      for image in counts.indices {
        let expected = exp(values[image * 2 + label]) * Double(count)
        if expected < 5 {
          rare = (rare.count + Double(counts[image]), rare.expected + expected)
        } else {
          statistic += pow(Double(counts[image]) - expected, 2) / expected
          cells += 1
        }
      }
      if rare.expected > 0 { statistic += pow(rare.count - rare.expected, 2) / max(rare.expected, 1) }
      // Wilson and Hilferty's approximation of the quantile at 0.9999.
      let freedom = Double(cells)
      let limit = freedom * pow(1 - 2 / (9 * freedom) + 3.72 * (2 / (9 * freedom)).squareRoot(), 3)
      #expect(statistic < limit)
    }
  }

  @Test(arguments: cases)
  func threadsAndPartsChangeNothing(_ item: Case) throws {
    let labels = (0..<150).map { $0 % 2 }
    let (one, two) = (try item.fit(threads: 1), try item.fit(threads: 2))
    #expect(try GeneratorFile.serialized(one) == GeneratorFile.serialized(two))
    let whole = try TinySpaces.sample(one, labels, threads: 1)
    #expect(try TinySpaces.sample(one, labels, threads: 2) == whole)
    var parts = try TinySpaces.sample(one, Array(labels[..<37]))
    parts.append(try TinySpaces.sample(one, Array(labels[37...]), first: 37))
    #expect(parts == whole)
    let values = try TinySpaces.logLikelihoods(one, whole, threads: 1)
    #expect(try TinySpaces.logLikelihoods(one, whole, threads: 2) == values)
    #expect(try TinySpaces.logLikelihoods(one, whole.selecting([140])) == Array(values[280..<282]))
  }

  @Test(arguments: cases)
  func filesAreReadAgain(_ item: Case) throws {
    let model = try item.fit()
    let bytes = try GeneratorFile.serialized(model)
    let again = try GeneratorFile.read(bytes, path: "model.safetensors")
    #expect(again.identity == model.identity)
    let images = TinySpaces.data(item.space, perClass: 20).images
    #expect(try TinySpaces.logLikelihoods(again, images) == TinySpaces.logLikelihoods(model, images))
  }
}
