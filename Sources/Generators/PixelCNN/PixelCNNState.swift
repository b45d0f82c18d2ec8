import Datasets
import Foundation
import Networks
import Randomness

/// What a training goes on from.
struct PixelCNNState {
  var parameters: [Float]
  var adam: Adam
  /// Of the last step's images, and of the images held out at the end of the last epoch.
  var bits = 0.0
  var heldOut: Double?
  /// The order of an epoch's images; it is drawn again after a stop.
  var order: (epoch: Int, indices: [Int]) = (-1, [])

  /// The start of a training.
  init(_ shape: PixelCNNShape, seed: UInt64) {
    parameters = [Float](repeating: 0, count: shape.parameterCount)
    adam = Adam(count: shape.parameterCount)
    let stream = RandomStream(seed: seed, purpose: "pixelcnn weights")
    for (index, parameter) in shape.parameters.enumerated() {
      guard let inputs = parameter.inputs else { continue }
      var draws = stream.split(index)
      let deviation = 1 / Float(inputs).squareRoot()
      for place in 0..<parameter.count { parameters[parameter.offset + place] = deviation * draws.nextNormal() }
    }
    for group in shape.head.groups {
      // A small last layer: the first distributions are those of the biases.
      for place in 0..<shape.width * shape.head.outputs { parameters[group.output + place] *= 0.1 }
      if case .logistics(let mixture) = shape.head.distribution {
        parameters.replaceSubrange(group.outputBias..<group.outputBias + mixture.numbers, with: mixture.start)
      }
    }
  }
}

extension PixelCNNState {
  private static let format = "cas-pixelcnn-state-1"

  /// Writes the state whole or not at all. Throws `FileError`.
  func write(to path: String, _ identity: ModelIdentity) throws {
    func entry(_ values: [Float]) -> SafeTensors.Entry { .init(shape: [values.count], values: .float(values)) }
    var metadata = ["format": Self.format, "identity": try Self.text(identity), "steps": "\(adam.steps)"]
    if let heldOut { metadata["held_out"] = "\(heldOut)" }
    let file = SafeTensors(
      metadata: metadata,
      tensors: ["parameters": entry(parameters), "means": entry(adam.means), "squares": entry(adam.squares)])
    try AtomicFile.write(bytes: try file.serialized(), to: path)
  }

  /// The state in a file; nil where there is none.
  ///
  /// - Throws: `FileError`, or `CheckpointError` where it is damaged or belongs to another fit.
  static func read(_ path: String?, _ identity: ModelIdentity, _ shape: PixelCNNShape) throws -> PixelCNNState? {
    guard let path, FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try SafeTensors(try InputFile.contents(of: path), path: path)
    guard file.metadata["format"] == format, file.metadata["identity"] == (try text(identity)) else {
      throw CheckpointError.unsuitable(
        path: path, detail: "it is the state of another fit", remedy: "Choose another --output, or remove it")
    }
    let tensors = GeneratorTensors(file.tensors, path: path)
    guard let steps = file.metadata["steps"].flatMap(Int.init), steps >= 0 else {
      throw CheckpointError.damaged(path: path, detail: "it does not say how many steps were made")
    }
    func floats(_ name: String) throws -> [Float] {
      try tensors.floats(name, shape: [shape.parameterCount], family: identity.family)
    }
    var state = PixelCNNState(shape, seed: identity.seed)
    state.parameters = try floats("parameters")
    (state.adam.means, state.adam.squares) = (try floats("means"), try floats("squares"))
    state.adam.steps = steps
    state.heldOut = file.metadata["held_out"].flatMap(Double.init)
    return state
  }

  private static func text(_ identity: ModelIdentity) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(identity), as: UTF8.self)
  }
}
