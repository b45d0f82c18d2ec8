import Foundation
import Generators
import Testing

/// The PixelCNN against PyTorch in double precision: `Golden/make_pixelcnn.py`.
@Suite struct PixelCNNGoldenTests {
  private struct Golden: Decodable {
    struct Gradient: Decodable {
      /// Its product with a pattern, and the sum of its squares.
      let along, squares: Double
    }
    struct Case: Decodable {
      let channels, levels, width, depth: Int
      /// What moves the biases of a grey mixture: its logits, means, and logarithms of the scales.
      let parts: [Float]
      let labels: [Int]
      let terms: [Double]
      let gradients: [String: Gradient]
    }
    let height, width: Int
    let cases: [Case]
  }

  private static func golden() throws -> Golden {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/pixelcnn.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  /// Whole numbers, 0 to below − 1.
  private static func pattern(_ count: Int, _ seed: Int, below: Int = 2003) -> [Int] {
    (0..<count).map { ($0 * $0 * 31 + $0 * 7919 + (seed + 1) * 104_729) % 2003 * below / 2003 }
  }

  /// Numbers in −1...1.
  private static func numbers(_ count: Int, _ seed: Int) -> [Double] {
    pattern(count, seed).map { Double($0) / 1001 - 1 }
  }

  private static func model(_ item: Golden.Case, _ space: ImageSpace) throws -> PixelCNNModel {
    let start = try RandomPixelCNN.model(space, width: item.width, depth: item.depth)
    var tensors = start.tensors
    for (seed, name) in tensors.keys.sorted().enumerated() {
      guard let entry = tensors[name] else { continue }
      let size = name.hasSuffix("weight") ? 1.7 / Double(entry.shape[0]).squareRoot() : 0.5
      let isMoved = name == "head.0.output.bias" && item.parts.contains { $0 != 0 }
      tensors[name]?.values = .float(
        numbers(entry.shape.reduce(1, *), seed).enumerated().map { index, number in
          let moved = isMoved ? Double(item.parts[index / 10]) : name.hasSuffix("hidden.bias") ? 0.5 : 0
          return Float(number * size + moved)
        })
    }
    return try PixelCNNModel(start.identity, tensors: GeneratorTensors(tensors, path: "golden"))
  }

  /// Both distributions, in grey and in colour, and means that are a thousand scales away.
  @Test(arguments: 0..<5)
  func likelihoodsAndGradientsArePyTorchs(_ index: Int) throws {
    let golden = try Self.golden()
    #expect(golden.cases.count == 5)
    let item = golden.cases[index]
    let space = ImageSpace(
      height: golden.height, width: golden.width, channels: item.channels, levels: item.levels)
    let model = try Self.model(item, space)
    let order = space.dimensions
    var levels = Self.pattern(item.labels.count * order, 0, below: item.levels).map(UInt8.init)
    for channel in 0..<item.channels {
      levels[channel] = 0
      levels[item.channels + channel] = UInt8(item.levels - 1)
    }
    let images = LevelImages(space: space, levels: levels)
    for (image, label) in item.labels.enumerated() {
      let terms = model.conditionals(images.selecting([image]), label: label)
      let expected = item.terms[image * order..<(image + 1) * order]
      let worst = zip(terms, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
      #expect(worst < 2e-5, "image \(image)")
    }
    let (nats, gradients) = model.gradients(images, labels: item.labels)
    let sum = item.terms.reduce(0, +)
    #expect(abs(nats + sum) < 2e-5 * abs(sum))
    #expect(gradients.keys.sorted() == item.gradients.keys.sorted())
    for (seed, name) in gradients.keys.sorted().enumerated() {
      let (found, expected) = (try #require(gradients[name]), try #require(item.gradients[name]))
      let squares = found.reduce(0) { $0 + Double($1) * Double($1) }
      let along = zip(found, Self.numbers(found.count, seed + 100)).reduce(0) { $0 + Double($1.0) * $1.1 }
      // The pattern's length bounds the product.
      let size = (expected.squares * Double(found.count)).squareRoot()
      #expect(abs(squares - expected.squares) < 1e-4 * expected.squares, "\(name)")
      #expect(abs(along - expected.along) < 1e-4 * size, "\(name): \(along) for \(expected.along)")
    }
  }
}
