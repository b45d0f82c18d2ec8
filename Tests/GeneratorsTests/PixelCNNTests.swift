import Foundation
import Generators
import Kernels
import Networks
import Randomness
import Testing

/// What makes a PixelCNN one: its order, its gradients, its cache and its state.
@Suite struct PixelCNNTests {
  /// Both distributions, in grey and in colour, on images that are wider than high.
  static let spaces = [1, 3].flatMap { channels in
    [4, 256].map { ImageSpace(height: 4, width: 5, channels: channels, levels: $0) }
  }

  /// Whole sums over the images of spaces with more levels than a softmax takes.
  @Test(arguments: [
    ImageSpace(height: 1, width: 2, channels: 1, levels: 40), ImageSpace(height: 1, width: 1, channels: 3, levels: 17),
  ])
  func logisticsSumToOne(_ space: ImageSpace) throws {
    let model = try RandomPixelCNN.model(space, width: 5, depth: 2)
    let values = try TinySpaces.logLikelihoods(model, TinySpaces.all(space))
    for label in 0..<2 {
      let sum = stride(from: label, to: values.count, by: 2).reduce(0) { $0 + exp(values[$1]) }
      #expect(abs(sum - 1) < 1e-9)
    }
  }

  /// The chi-square statistic of the levels drawn against their probabilities.
  @Test(arguments: [
    ImageSpace(height: 1, width: 2, channels: 1, levels: 40), ImageSpace(height: 1, width: 1, channels: 3, levels: 17),
  ])
  func logisticSamplesHaveTheirFrequencies(_ space: ImageSpace) throws {
    let model = try RandomPixelCNN.model(space, width: 5, depth: 2)
    let count = 20_000
    let values = try TinySpaces.logLikelihoods(model, TinySpaces.all(space))
    let samples = try TinySpaces.sample(model, [Int](repeating: 1, count: count))
    var counts = [Int](repeating: 0, count: values.count / 2)
    for image in 0..<count { counts[samples[image].reversed().reduce(0) { $0 * space.levels + Int($1) }] += 1 }
    var (statistic, cells) = (0.0, 0.0)
    for image in counts.indices {
      let expected = exp(values[image * 2 + 1]) * Double(count)
      guard expected >= 5 else { continue }
      statistic += pow(Double(counts[image]) - expected, 2) / expected
      cells += 1
    }
    // Four deviations above the mean.
    #expect(cells > 50 && statistic < cells + 4 * (2 * cells).squareRoot(), "\(statistic) of \(cells) cells")
  }

  /// No number depends on later ones, to the last bit; every number depends on all earlier ones, since these layers see
  /// the whole image.
  @Test(arguments: spaces)
  func numbersDependOnEarlierOnesAlone(_ space: ImageSpace) throws {
    let model = try RandomPixelCNN.model(space, width: 8, depth: 5)
    let images = RandomPixelCNN.images(space, count: 3)
    let before = model.conditionals(images, label: 1)
    let order = space.dimensions
    var (leaks, blind) = ([String](), [String]())
    for place in 0..<order {
      var levels = images.levels
      for image in 0..<3 {
        let at = image * order + place
        levels[at] = UInt8((Int(levels[at]) + space.levels / 2) % space.levels)
      }
      let after = model.conditionals(LevelImages(space: space, levels: levels), label: 1)
      for other in 0..<order where other != place {
        let isChanged = (0..<3).contains { before[$0 * order + other] != after[$0 * order + other] }
        if other < place && isChanged { leaks.append("\(place) to \(other)") }
        if other > place && !isChanged { blind.append("\(place) to \(other)") }
      }
    }
    #expect(leaks.isEmpty, "such as \(leaks.first ?? "")")
    #expect(blind.isEmpty, "such as \(blind.first ?? "")")
  }

  @Test(arguments: spaces)
  func conditionalsSumToTheLikelihood(_ space: ImageSpace) throws {
    let model = try RandomPixelCNN.model(space, width: 5, depth: 3)
    let images = RandomPixelCNN.images(space, count: 2)
    let terms = model.conditionals(images, label: 0)
    let values = try TinySpaces.logLikelihoods(model, images)
    #expect(values[2] == terms[space.dimensions...].reduce(0, +))
    #expect(values[0] != values[1], "the classes have parameters of their own")
  }

  /// The cache changes nothing, to the last bit.
  @Test(arguments: spaces)
  func cachedSamplesAreThoseOfWholePasses(_ space: ImageSpace) throws {
    let model = try RandomPixelCNN.model(space, width: 7, depth: 4)
    let labels = [0, 1, 1, 0, 1, 0, 0]
    let cached = try TinySpaces.sample(model, labels, first: 2)
    let whole = model.sampleByWholePasses(
      labels: labels, first: 2, stream: RandomStream(seed: 5, purpose: "samples"))
    let isEqual = cached == whole
    #expect(isEqual)
    let isVaried = cached[0] != cached[3] && Set(cached.levels).count > 3
    #expect(isVaried, "samples that say something")
  }

  /// Along one direction of each tensor. Logistics in colour bend too much for a step that single precision allows;
  /// `PixelCNNGoldenTests` has their gradients.
  @Test(arguments: spaces.dropLast())
  func gradientsAreThoseOfFiniteDifferences(_ space: ImageSpace) throws {
    let model = try RandomPixelCNN.model(space, width: 5, depth: 3)
    let (images, labels) = (RandomPixelCNN.images(space, count: 3), [1, 0, 1])
    let (nats, gradients) = model.gradients(images, labels: labels)
    let values = try TinySpaces.logLikelihoods(model, images)
    #expect(abs(nats + values[1] + values[2] + values[5]) < 1e-9 * nats)
    let stream = RandomStream(seed: 6, purpose: "directions")
    for (index, name) in gradients.keys.sorted().enumerated() {
      let gradient = try #require(gradients[name])
      var draws = stream.split(index)
      let random = gradient.map { _ in draws.nextNormal() }
      // Of length 1 to 2: the gradient's own direction for the size, a random one for what the gradient lacks.
      let (length, other) = (Self.length(gradient), Self.length(random))
      let direction = zip(gradient, random).map { $0 / Float(length) + $1 / Float(other) }
      func nats(_ size: Float) throws -> Double {
        var tensors = model.tensors
        guard case .float(let values)? = tensors[name]?.values else { throw CocoaError(.coderValueNotFound) }
        tensors[name]?.values = .float(zip(values, direction).map { $0 + size * $1 })
        let moved = try PixelCNNModel(model.identity, tensors: GeneratorTensors(tensors, path: "moved"))
        return moved.gradients(images, labels: labels).nats
      }
      let size: Float = 2e-3
      let found = try (nats(size) - nats(-size)) / Double(2 * size)
      let expected = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      #expect(length > 0, "\(name) is used")
      #expect(abs(found - expected) < 0.01 * length + 0.03, "\(name): \(found) for \(expected)")
    }
  }

  private static func length(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test func trainingGoesOnFromItsState() throws {
    let data = TinySpaces.data(TinySpaces.grey, perClass: 100)
    let family = PixelCNNFamily(width: 4, depth: 2, epochs: 3)
    let path = FileManager.default.temporaryDirectory.appending(path: "cas-pixelcnn-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = try GeneratorFile.serialized(try family.fit(data, TinySpaces.context()))
    var context = TinySpaces.context()
    context.stateFile = path
    for stop in [3, 9] {
      context.progress = { done, _, _ in if done == stop { throw CocoaError(.userCancelled) } }
      #expect(throws: CocoaError.self) { try family.fit(data, context) }
    }
    let first = FirstReport()
    context.progress = { done, _, _ in first.note(done) }
    let resumed = try GeneratorFile.serialized(try family.fit(data, context))
    #expect(first.done == 10)
    let isEqual = resumed == whole
    #expect(isEqual)
    let error = #expect(throws: CheckpointError.self) {
      try PixelCNNFamily(width: 4, depth: 2, epochs: 4).fit(data, context)
    }
    #expect(error?.description.contains("the state of another fit") == true)
  }

  /// From the start's distribution to less than what the numbers of a class have each for itself.
  @Test func trainingLearnsDependencies() throws {
    let data = TinySpaces.data(TinySpaces.grey, perClass: 400)
    let model = try PixelCNNFamily(width: 8, depth: 2, epochs: 40).fit(data, TinySpaces.context())
    let values = try TinySpaces.logLikelihoods(model, data.images)
    let (order, count) = (4, data.images.count)
    let trained = (0..<count).reduce(0) { $0 + values[$1 * 2 + data.labels[$1]] } / Double(count)
    var independent = 0.0
    for label in 0..<2 {
      for place in 0..<order {
        let numbers = data.indices(of: label).map { data.images.levels[$0 * order + place] }
        for level in UInt8(0)..<3 {
          let share = Double(numbers.count { $0 == level }) / Double(numbers.count)
          if share > 0 { independent += Double(numbers.count) * share * log(share) }
        }
      }
    }
    #expect(trained > independent / Double(count) + 0.2)
  }

  @Test func faultsHaveSentences() throws {
    let data = TinySpaces.data(TinySpaces.grey, perClass: 5)
    #expect(throws: GeneratorError.kind(.dequantized, family: "pixelcnn")) {
      try PixelCNNFamily(width: 4, depth: 2, epochs: 1).fit(data, TinySpaces.context(.dequantized))
    }
    let error = #expect(throws: GeneratorError.self) {
      try PixelCNNFamily(width: 4, depth: 0, epochs: 1).fit(data, TinySpaces.context())
    }
    #expect(
      error?.description == "--depth 0 does not fit these images: it takes 1 to 50, the number of layers.")
  }
}

/// The first number of steps that a fit tells.
private final class FirstReport: @unchecked Sendable {
  private(set) var done: Int?
  func note(_ steps: Int) { done = done ?? steps }
}
