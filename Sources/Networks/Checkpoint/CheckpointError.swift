/// What can be wrong with a file of weights.
package enum CheckpointError: Error, Equatable {
  case damaged(path: String, detail: String)
  case missingTensors(path: String, model: String, names: [String])
  case unexpectedTensors(path: String, model: String, names: [String])
  case wrongShape(path: String, tensor: String, found: [Int], expected: [Int])
}

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    func list(_ names: [String]) -> String {
      names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }
    return switch self {
    case .damaged(let path, let detail):
      "\(path) is not a whole safetensors file: \(detail). Copy or export it again."
    case .missingTensors(let path, let model, let names):
      "\(path) lacks tensors that \(model) has: \(list(names)). Name the model that it was saved from with --model."
    case .unexpectedTensors(let path, let model, let names):
      "\(path) has tensors that \(model) has not: \(list(names)). Name the model that it was saved from with --model."
    case .wrongShape(let path, let tensor, let found, let expected):
      "\(path) holds \(tensor) with shape \(found), but the model needs \(expected). "
        + "Check --model, the number of classes and the channels of the images."
    }
  }
}
