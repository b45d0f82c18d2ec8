package import Foundation

/// The formula behind the golden files of the networks: numbers that are a pure function of a seed and an index, equal bit
/// for bit to those of `Tests/NetworksTests/Golden/reference.py`.
///
/// What you give up by using it: it says nothing about the random streams of the product, and is not for training.
package struct GoldenValues: Sendable {
  package let seed: UInt64

  package init(seed: UInt64) { self.seed = seed }

  /// The values of the tensor `name`: the seed is the FNV-1a hash (64 bits) of the name's UTF-8 bytes.
  package init(name: String) {
    seed = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  /// Number `index` of the uniform numbers in [0, 1), multiples of 2⁻⁵³ (SplitMix64; Steele, Lea, Flood 2014).
  package func uniform(_ index: Int) -> Double {
    var z = seed &+ (UInt64(index) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  /// The sum of four uniform numbers less 2: in [-2, 2), mean 0, variance 1/3, bell-shaped (Irwin and Hall).
  package func irwinHall(_ index: Int) -> Double {
    uniform(4 * index) + uniform(4 * index + 1) + uniform(4 * index + 2) + uniform(4 * index + 3) - 2
  }
}

extension GoldenValues {
  /// The images of a golden file, NHWC; 42 is the seed where the file names no other.
  package static func images(_ count: Int, height: Int, width: Int, channels: Int, seed: UInt64 = 42) -> [Float] {
    let values = GoldenValues(seed: seed)
    return (0..<count * height * width * channels).map { Float(values.irwinHall($0)) }
  }

  /// The parameter or running statistic called `name` in PyTorch's state dictionary (a leading `module.` is ignored), in
  /// PyTorch's order: OIHW for a convolution, rows of outputs for a linear layer. The kind follows from the name and
  /// from the number of dimensions of `shape`.
  package static func parameter(_ name: String, shape: [Int]) -> [Float] {
    let name = name.hasPrefix("module.") ? String(name.dropFirst(7)) : name
    let values = GoldenValues(name: name)
    let transform = transform(of: name, shape: shape)
    return (0..<shape.reduce(1, *)).map { Float(transform(values.irwinHall($0))) }
  }

  /// The same for the networks behind features, whose convolutions are scaled by their fan in: the rule
  /// `extractor_parameter` of the script.
  package static func extractorParameter(_ name: String, shape: [Int]) -> [Float] {
    let values = GoldenValues(name: name)
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let scale: Double
    if shape.count == 4 {
      scale = 3.0.squareRoot() * (2 / Double(shape[1...].reduce(1, *))).squareRoot()
    } else if shape.count == 1, !["weight", "bias", "running_mean", "running_var"].contains(last) {
      scale = 0.2
    } else {
      return parameter(name, shape: shape)
    }
    return (0..<shape.reduce(1, *)).map { Float(values.irwinHall($0) * scale) }
  }

  private static func transform(of name: String, shape: [Int]) -> (Double) -> Double {
    switch shape.count {
    case 4:
      let scale = 3.0.squareRoot() * (2 / Double(shape[0] * shape[2] * shape[3])).squareRoot()
      return { $0 * scale }
    case 2:
      let scale = 3.0.squareRoot() * (1 / Double(shape[1]).squareRoot())
      return { $0 * scale }
    case 1 where name.hasSuffix(".running_mean"): return { 0.1 * $0 }
    case 1 where name.hasSuffix(".running_var"): return { 1 + 0.5 * abs($0) }
    case 1 where name == "linear.bias" || name == "fc.bias": return { 0.1 * $0 }
    case 1 where name.hasSuffix(".bias"): return { 0.2 * $0 }
    case 1 where name.hasSuffix("bn3.weight"): return { (1 + 0.2 * $0) * 0.25 }
    case 1 where name.hasSuffix(".weight"): return { 1 + 0.2 * $0 }
    default: preconditionFailure("no rule for the values of \(name) with the shape \(shape)")
    }
  }
}

/// A committed file of expected values under `Tests/`, found beside the sources, so that tests need no resource bundle.
package enum GoldenFile {
  /// The file at `path`, relative to `Tests/`: `"NetworksTests/Golden/logits.json"`.
  package static func url(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: path)
  }

  /// The JSON document at `path`, relative to `Tests/`.
  package static func decode<Document: Decodable>(_ type: Document.Type, from path: String) throws -> Document {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
  }
}

/// `NetworksTests/Golden/logits.json`: the outputs of whole networks on `GoldenValues.images`.
package struct GoldenLogits: Decodable, Sendable {
  package struct Case: Decodable, Sendable, CustomStringConvertible {
    package let model: String
    /// "A" or "B" for the CIFAR ResNets.
    package let shortcut: String?
    /// "eval" (running statistics) or "train" (statistics of the batch).
    package let mode: String
    package let batch, height, width, channels, classes: Int
    /// PyTorch's own distance from its float64 result: the largest difference over the largest logit.
    package let deviation: Double
    /// One row for each image.
    package let logits: [[Float]]
    package var description: String { "\(model) \(shortcut ?? "") \(height)x\(width)x\(channels) \(mode)" }
  }

  package let cases: [Case]
  package static func load() throws -> Self {
    try GoldenFile.decode(Self.self, from: "NetworksTests/Golden/logits.json")
  }
}

/// `NetworksTests/Golden/gradients.json`: one forward and backward pass of ResNet-8 in training mode.
package struct GoldenGradients: Decodable, Sendable {
  package struct Case: Decodable, Sendable, CustomStringConvertible {
    package let name: String
    package let smoothing: Double
    package let loss: Float
    package let lossInDouble: Double
    /// PyTorch's own distance from its float64 gradients: the largest difference in a tensor over its largest value.
    package let spread: Double
    /// The same for PyTorch's gradients with bf16 autocast.
    package let bf16Spread: Double
    package var description: String { name }
  }

  package let model, shortcut: String
  package let batch, height, width, channels, classes: Int
  package let inputSeed: UInt64
  package let labels: [Int]
  package let cases: [Case]
  /// The safetensors file: `CASE.NAME` are gradients, `after.NAME` the running statistics after the step.
  package let file: String
  package static func load() throws -> Self {
    try GoldenFile.decode(Self.self, from: "NetworksTests/Golden/gradients.json")
  }
}

/// `NetworksTests/Golden/counts.json`: learnable parameters, and multiply-adds of one image.
package struct GoldenCounts: Decodable, Sendable {
  package struct Case: Decodable, Sendable, CustomStringConvertible {
    package let model: String
    package let shortcut: String?
    package let height, width, channels, classes: Int
    package let parameters, multiplyAdds: Int
    package var description: String { "\(model) \(shortcut ?? "") \(height)x\(width)x\(channels) \(classes) classes" }
  }

  package let cases: [Case]
  package static func load() throws -> Self {
    try GoldenFile.decode(Self.self, from: "NetworksTests/Golden/counts.json")
  }
}

/// `TrainingTests/Golden/steps.json`: ten optimiser steps of ResNet-8.
package struct GoldenSteps: Decodable, Sendable {
  package struct Case: Decodable, Sendable, CustomStringConvertible {
    package let name: String
    package let learningRate: Double
    package let nesterov: Bool
    package let weightDecay: Double
    /// "allButBatchNorm" (the linear bias is decayed) or "everything".
    package let decayed: String
    package let smoothing: Double
    /// Before the update of each step.
    package let losses: [Float]
    package let lossesInDouble: [Double]
    /// For each step, how far PyTorch's float32 losses lie from the float64 one when the arithmetic's order changes.
    package let spread: [Double]
    /// The same for a tensor after the last step: the norm of the difference over the norm, the worst tensor.
    package let stateSpread: Double
    /// For each tensor after the last step its sum and its sum of squares.
    package let checksums, checksumsInDouble: [String: [Double]]
    package var description: String { name }
  }

  package let model, shortcut: String
  package let steps, batch, height, width, channels, classes: Int
  package let momentum: Double
  package let cases: [Case]
  package static func load() throws -> Self {
    try GoldenFile.decode(Self.self, from: "TrainingTests/Golden/steps.json")
  }

  package static func inputSeed(step: Int) -> UInt64 { UInt64(100 + step) }
  package func labels(step: Int) -> [Int] { (0..<batch).map { ($0 * 7 + step) % classes } }
}

/// `TrainingTests/Golden/schedule.json`: the learning rate of every step.
package struct GoldenSchedules: Decodable, Sendable {
  package struct Case: Decodable, Sendable, CustomStringConvertible {
    /// "step", "cosine" or "linear".
    package let kind: String
    package let learningRate: Double
    package let totalSteps, warmupSteps: Int
    /// Of the kind "step": the steps from which on the rate is multiplied once more by `factor`.
    package let milestones: [Int]?
    package let factor: Double?
    package let rates: [Double]
    package var description: String { "\(kind) \(learningRate) over \(totalSteps), warm-up \(warmupSteps)" }
  }

  package let cases: [Case]
  package static func load() throws -> Self {
    try GoldenFile.decode(Self.self, from: "TrainingTests/Golden/schedule.json")
  }
}
