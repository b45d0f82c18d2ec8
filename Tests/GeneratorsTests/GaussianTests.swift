import Foundation
import Generators
import Kernels
import Randomness
import Testing

/// The Gaussian families against SciPy, closed forms and planted parameters.
@Suite struct GaussianTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let z, half, mass, below: Double
    }
    let mean, covariance, densities, masses: [Double]
    let images, data: [UInt8]
    let cases: [Case]
    let rank: Int
    let principalCovariance, principalMean: [Double]
    let principalDensity: Double
  }

  private static let space = ImageSpace(height: 2, width: 2, channels: 3)

  private static func golden() throws -> Golden {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/gaussians.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  private static func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
  }

  @Test func massesHaveTheirDigitsInTheTails() throws {
    for item in try Self.golden().cases {
      let mass = NormalMass.log(level: 7, of: 256, z: item.z, half: item.half)
      #expect(Self.close(mass, item.mass, 1e-11), "mass around \(item.z)")
      let below = NormalMass.log(level: 0, of: 256, z: item.z, half: item.half)
      #expect(Self.close(below, item.below, 1e-11), "mass below \(item.z)")
      let above = NormalMass.log(level: 255, of: 256, z: -item.z, half: item.half)
      #expect(Self.close(above, item.below, 1e-11), "mass above \(-item.z)")
    }
  }

  @Test func densitiesAndMassesAreSciPys() throws {
    let golden = try Self.golden()
    let images = LevelImages(space: Self.space, levels: golden.images)
    let factor = try #require(GaussianFactor(space: Self.space, mean: golden.mean, covariance: golden.covariance))
    for index in 0..<images.count {
      let image = images.selecting([index])
      #expect(Self.close(factor.total(image, isDensity: true), golden.densities[index], 1e-11))
      #expect(Self.close(factor.total(image, isDensity: false), golden.masses[index], 1e-11))
    }
  }

  private static func principal(_ golden: Golden) -> LabelledImages {
    let images = LevelImages(space: space, levels: golden.data)
    return LabelledImages(images: images, labels: [Int](repeating: 0, count: images.count), classNames: ["all"])
  }

  /// W Wᵀ + σ² I from the tensors of a model with one class and one component.
  private static func covariance(_ model: GaussianModel, rank: Int) throws -> [Double] {
    guard case .float(let loadings)? = model.tensors["loadings"]?.values,
      case .float(let variances)? = model.tensors["variances"]?.values
    else { throw CocoaError(.coderValueNotFound) }
    let order = loadings.count / rank
    return (0..<order * order).map { at in
      let (row, column) = (at / order, at % order)
      let product = (0..<rank).reduce(0.0) {
        $0 + Double(loadings[row * rank + $1]) * Double(loadings[column * rank + $1])
      }
      return product + (row == column ? Double(variances[0]) : 0)
    }
  }

  @Test func principalComponentsAreTheClosedForm() throws {
    let golden = try Self.golden()
    let model = try PrincipalFamily(rank: golden.rank).fit(Self.principal(golden), TinySpaces.context())
    let found = try Self.covariance(model, rank: golden.rank)
    let error = zip(found, golden.principalCovariance).map { abs($0 - $1) }.max() ?? .infinity
    #expect(error < 1e-2, "of entries up to 10⁴ in single precision")
    guard case .float(let means)? = model.tensors["means"]?.values else { throw CocoaError(.coderValueNotFound) }
    #expect((zip(means, golden.principalMean).map { abs(Double($0) - $1) }.max() ?? 1) < 1e-4)
  }

  /// EM with one component ends where the closed form is, from below, and never falls.
  @Test func oneComponentOfEMIsTheClosedForm() throws {
    let golden = try Self.golden()
    let images = Self.principal(golden).images
    let start = MixtureStart(
      images, components: 1, rank: golden.rank, stream: RandomStream(seed: 2, purpose: "start"))
    var fit = MixtureFit(images, start)
    for _ in 0..<400 { fit.iterate() }
    let falls = zip(fit.history, fit.history.dropFirst()).filter { $1 < $0 - 1e-9 }.count
    #expect(falls == 0)
    let last = try #require(fit.history.last)
    #expect(Self.close(last, golden.principalDensity, 1e-7))
  }

  @Test func likelihoodOfMixturesNeverFalls() throws {
    for (components, rank) in [(2, 1), (5, 3), (12, 4)] {
      let images = TinySpaces.data(TinySpaces.colour, perClass: 120).images
      let start = MixtureStart(
        images, components: components, rank: rank, stream: RandomStream(seed: 4, purpose: "start"))
      var fit = MixtureFit(images, start)
      for _ in 0..<60 { fit.iterate() }
      let falls = zip(fit.history, fit.history.dropFirst()).filter { $1 < $0 - 1e-9 }.count
      #expect(falls == 0, "\(components) components of rank \(rank)")
      #expect((fit.history.last ?? 0) > (fit.history.first ?? 0) + 0.1)
    }
  }

  /// Three planted Gaussians: their shares, means and variances are found again.
  @Test func aPlantedMixtureIsFoundAgain() throws {
    let space = ImageSpace(height: 2, width: 2, channels: 1)
    let means: [[Double]] = [[50, 60, 70, 80], [150, 60, 160, 40], [90, 200, 60, 200]]
    let (shares, deviations) = ([0.5, 0.3, 0.2], [6.0, 9.0, 4.0])
    var stream = RandomStream(seed: 8, purpose: "planted")
    var levels: [UInt8] = []
    for index in 0..<3000 {
      let part = index % 10 < 5 ? 0 : index % 10 < 8 ? 1 : 2
      let shared = 20 * stream.nextPreciseNormal()
      for column in 0..<4 {
        let value = means[part][column] + deviations[part] * stream.nextPreciseNormal() + (column < 2 ? shared : 0)
        levels.append(UInt8(min(max(value.rounded(), 0), 255)))
      }
    }
    let images = LevelImages(space: space, levels: levels)
    let data = LabelledImages(images: images, labels: [Int](repeating: 0, count: 3000), classNames: ["all"])
    let model = try MixtureFamily(components: 3, rank: 1).fit(data, TinySpaces.context())
    guard case .float(let weights)? = model.tensors["weights"]?.values,
      case .float(let found)? = model.tensors["means"]?.values,
      case .float(let variances)? = model.tensors["variances"]?.values
    else { throw CocoaError(.coderValueNotFound) }
    for part in 0..<3 {
      let place = try #require(
        weights.indices.first {
          abs(Double(found[$0 * 4 + 2]) - means[part][2]) < 2 && abs(Double(found[$0 * 4 + 3]) - means[part][3]) < 2
        })
      #expect(abs(Double(weights[place]) - shares[part]) < 0.02)
      #expect(abs(Double(variances[place]).squareRoot() - deviations[part]) < 0.6)
      #expect((0..<2).allSatisfy { abs(Double(found[place * 4 + $0]) - means[part][$0]) < 3 })
    }
  }

  /// More components than there are different images: some lose all of theirs, and the model is whole.
  @Test func emptyComponentsDoNoHarm() throws {
    let space = TinySpaces.grey
    let levels = (0..<40).flatMap { index -> [UInt8] in index % 2 == 0 ? [0, 0, 1, 2] : [2, 1, 0, 0] }
    let data = LabelledImages(
      images: LevelImages(space: space, levels: levels), labels: [Int](repeating: 0, count: 40), classNames: ["all"])
    let model = try MixtureFamily(components: 6, rank: 1).fit(data, TinySpaces.context())
    let values = try TinySpaces.logLikelihoods(model, TinySpaces.all(space))
    #expect(abs(values.reduce(0) { $0 + exp($1) } - 1) < 1e-9)
    #expect(try GeneratorFile.read(try GeneratorFile.serialized(model), path: "model").identity == model.identity)
  }

  /// A class with more numbers than images has a singular covariance, which is shrunk.
  @Test func fewImagesStillHaveALikelihood() throws {
    let data = TinySpaces.data(TinySpaces.colour, perClass: 10)
    let model = try GaussianFamily().fit(data, TinySpaces.context())
    let others = TinySpaces.data(TinySpaces.colour, perClass: 60).images
    let values = try TinySpaces.logLikelihoods(model, others)
    #expect(values.allSatisfy { $0 > -60 })
  }

  @Test func faultsHaveSentences() throws {
    let data = TinySpaces.data(TinySpaces.grey, perClass: 5)
    let context = TinySpaces.context()
    #expect(throws: GeneratorError.tooFewImages(className: "low", images: 5, needed: 10)) {
      try GaussianFamily().fit(data, context)
    }
    #expect(throws: GeneratorError.tooFewImages(className: "low", images: 5, needed: 6)) {
      try MixtureFamily(components: 3, rank: 1).fit(data, context)
    }
    let error = #expect(throws: GeneratorError.self) { try PrincipalFamily(rank: 4).fit(data, context) }
    #expect(
      error?.description == "--rank 4 does not fit these images: it takes 1 to 3, fewer than the 4 numbers of an image."
    )
  }
}
