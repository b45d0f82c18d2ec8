import Foundation
import Generators
import Networks
import Randomness

/// Networks with random parameters, all of which matter, and random images.
enum RandomPixelCNN {
  private static func start(_ space: ImageSpace, _ width: Int, _ depth: Int) throws -> PixelCNNModel {
    try PixelCNNFamily(width: width, depth: depth, epochs: 1).fit(
      LabelledImages(images: images(space, count: 4), labels: [0, 1, 0, 1], classNames: ["low", "high"]),
      TinySpaces.context())
  }

  static func model(_ space: ImageSpace, width: Int, depth: Int) throws -> PixelCNNModel {
    let start = try start(space, width, depth)
    var tensors = start.tensors
    let stream = RandomStream(seed: 11, purpose: "parameters")
    for (index, name) in tensors.keys.sorted().enumerated() {
      guard let entry = tensors[name], entry.values.count > 0 else { continue }
      var draws = stream.split(index)
      // The head's biases stay near a start that spreads the logistics.
      let isMatrix = name.hasSuffix("weight")
      let deviation = isMatrix ? 1.2 / Float(entry.shape[0]).squareRoot() : 0.3
      guard case .float(let old) = entry.values else { continue }
      tensors[name]?.values = .float(old.map { (isMatrix ? 0 : $0) + deviation * draws.nextNormal() })
    }
    return try PixelCNNModel(start.identity, tensors: GeneratorTensors(tensors, path: "random"))
  }

  static func images(_ space: ImageSpace, count: Int) -> LevelImages {
    var stream = RandomStream(seed: 12, purpose: "images")
    return LevelImages(
      space: space,
      levels: (0..<count * space.dimensions).map { _ in UInt8(stream.nextInteger(below: space.levels)) })
  }
}
