/// What can be wrong with a file of weights.
package enum CheckpointError: Error, Equatable {
  case damaged(path: String, detail: String)
  /// A PyTorch file that is truncated or holds something other than weights.
  case damagedPickle(path: String, detail: String)
  /// A PyTorch file that asks to run code.
  case forbidden(path: String, name: String)
  case missingTensors(path: String, model: String, names: [String])
  case unexpectedTensors(path: String, model: String, names: [String])
  /// The same for a network that was named by its features.
  case missingWeights(path: String, model: String, names: [String])
  case foreignWeights(path: String, model: String, names: [String])
  /// A valid file that cannot be used here, and the remedy.
  case unsuitable(path: String, detail: String, remedy: String)
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
    case .damagedPickle(let path, let detail):
      "\(path) is not a whole file of PyTorch's weights: \(detail). Save the model's state_dict again, or as safetensors."
    case .forbidden(let path, let name):
      "\(path) asks to use \(name.printable), which no weights need, and is not read. If you trust it, save the model's "
        + "state_dict from it as safetensors."
    case .missingTensors(let path, let model, let names):
      "\(path) lacks tensors that \(model) has: \(list(names)). Name the model that it was saved from with --model."
    case .unexpectedTensors(let path, let model, let names):
      "\(path) has tensors that \(model) has not: \(list(names)). Name the model that it was saved from with --model."
    case .missingWeights(let path, let model, let names):
      "\(path) lacks tensors that \(model) has: \(list(names)). Name the network that it belongs to with --features."
    case .foreignWeights(let path, let model, let names):
      "\(path) has tensors that \(model) has not: \(list(names)). Name the network that it belongs to with --features."
    case .unsuitable(let path, let detail, let remedy): "\(path) cannot be used: \(detail). \(remedy)."
    case .wrongShape(let path, let tensor, let found, let expected):
      "\(path) holds \(tensor) with shape \(found), but the model needs \(expected). "
        + "Check --model, the number of classes and the channels of the images."
    }
  }
}

extension String {
  /// A name from a file, shortened and without control characters.
  fileprivate var printable: String {
    let shown = String(unicodeScalars.prefix(80).map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) })
    return unicodeScalars.count > 80 ? shown + "…" : shown
  }
}
