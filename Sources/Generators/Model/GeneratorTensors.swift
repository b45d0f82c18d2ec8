package import Networks

/// The tensors of a file, taken by name and checked.
package struct GeneratorTensors {
  package let path: String
  private let entries: [String: SafeTensors.Entry]

  package init(_ entries: [String: SafeTensors.Entry], path: String) {
    self.entries = entries
    self.path = path
  }

  /// The names of all tensors, sorted.
  package var names: [String] { entries.keys.sorted() }

  /// The finite numbers of a tensor of this shape.
  ///
  /// - Throws: `CheckpointError.missingTensors`, `.wrongShape` or `.damaged`.
  package func floats(_ name: String, shape: [Int], family: String) throws -> [Float] {
    guard let entry = entries[name] else {
      throw CheckpointError.missingTensors(path: path, model: family, names: [name])
    }
    guard entry.shape == shape, case .float(let values) = entry.values else {
      throw CheckpointError.wrongShape(path: path, tensor: name, found: entry.shape, expected: shape)
    }
    guard values.allSatisfy(\.isFinite) else {
      throw CheckpointError.damaged(path: path, detail: "\(name) holds a number that is not finite")
    }
    return values
  }
}
