import Datasets
import Evaluation
import Foundation
import Images
import Kernels
import Support
import Testing

/// What becomes of an image before a network sees it, against the networks' references
/// (`Golden/make_preparations.py`).
@Suite struct PreparationTests {
  struct Golden: Decodable, Sendable {
    struct Case: Decodable, Sendable, CustomStringConvertible {
      let features: String
      let seed: UInt64
      let height, width, channels, count: Int
      let mean: Double
      let places: [Int]
      let samples: [Float]
      var description: String { "\(features) of \(width)x\(height)x\(channels)" }
    }
    let cases: [Case]
  }

  @Test(arguments: try GoldenFile.decode(Golden.self, from: "EvaluationTests/Golden/preparations.json").cases)
  func agreesWithItsReference(golden: Golden.Case) throws {
    let features = try FeatureNetwork(name: golden.features)
    let (preparation, network) = (try #require(features.preparation), try #require(features.network))
    let shape = Shape(height: golden.height, width: golden.width, channels: golden.channels)
    let values = GoldenValues(seed: golden.seed)
    let pixels = (0..<shape.count).map { UInt8(values.uniform($0) * 256) }
    let wanted = Shape(height: network.side, width: network.side, channels: 3)
    #expect(golden.count == wanted.count)
    let target = Filled(images: 1, shape: wanted, seed: 1)
    preparation.prepare(pixels[...], shape, into: target.base, wanted)
    let found = target.floats
    let mean = found.reduce(0) { $0 + Double($1) } / Double(found.count)
    #expect(target.isIntact && abs(mean - golden.mean) < 1e-5)
    for (place, sample) in zip(golden.places, golden.samples) {
      #expect(abs(found[place] - sample) < 5e-5, "value \(place): \(found[place]) for \(sample)")
    }
  }

  @Test func theNearestNameIsSuggested() {
    let error = #expect(throws: UsageError.self) { try FeatureNetwork(name: "inception-v3-fit") }
    #expect(error.map(String.init(describing:))?.contains("Did you mean inception-v3-fid?") == true)
  }
}
