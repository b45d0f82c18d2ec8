/// Weights under PyTorch's names and in PyTorch's layout, both ways.
///
/// The plan's names are torchvision's for the ImageNet ResNets and those of the common CIFAR ResNets
/// (`layer1.0.conv1.weight`, `linear.weight`).
extension Network {
  /// All tensors as PyTorch's `state_dict()` has them, with the batch counters of its normalisations.
  package func stateDictionary(batches: Int) -> [String: SafeTensors.Entry] {
    var result: [String: SafeTensors.Entry] = [:]
    for parameter in plan.parameters {
      let numbers = parameters.read(parameter.range)
      var values = [Float](repeating: 0, count: parameter.count)
      parameter.layout.forEachTorchElement { values[$0] = numbers[$1] }
      result[parameter.name] = SafeTensors.Entry(shape: parameter.layout.torchShape, values: .float(values))
    }
    for statistic in plan.statistics {
      result[statistic.name] = SafeTensors.Entry(
        shape: [statistic.count], values: .float(statistics.read(statistic.range)))
      if statistic.name.hasSuffix(Self.meanSuffix) {
        let counter = statistic.name.dropLast(Self.meanSuffix.count) + Self.counterSuffix
        result[String(counter)] = SafeTensors.Entry(shape: [], values: .integer([Int64(batches)]))
      }
    }
    return result
  }

  /// Takes every parameter and statistic from a file's tensors.
  ///
  /// - Parameter ignores: says of a tensor's name that the network does well without it.
  /// - Throws: `CheckpointError` when a tensor is missing, is of another shape, or belongs to another network.
  package func load(
    _ file: SafeTensors, path: String, model: String, ignoring ignores: (String) -> Bool = { _ in false }
  ) throws {
    var tensors: [String: SafeTensors.Entry] = [:]
    for (title, entry) in file.tensors.sorted(by: { $0.key < $1.key }) {
      let name = alias(title)
      guard tensors.updateValue(entry, forKey: name) == nil else {
        throw CheckpointError.damaged(path: path, detail: "it holds \(name) twice, once as \(title)")
      }
    }
    let wanted = plan.parameters.map(\.name) + plan.statistics.map(\.name)
    let unread = Dictionary(file.unread.map { (alias($0.key), $0.value) }) { first, _ in first }
    if let (name, type) = wanted.lazy.compactMap({ name in unread[name].map { (name, $0) } }).first {
      throw CheckpointError.unsuitable(
        path: path, detail: "\(name) has the type \(type), which is not read", remedy: "Save its weights as floats")
    }
    let missing = wanted.filter { tensors[$0] == nil }
    guard missing.isEmpty else { throw CheckpointError.missingTensors(path: path, model: model, names: missing) }
    let known = Set(wanted)
    let unexpected = (Array(tensors.keys) + unread.keys).filter {
      !known.contains($0) && !$0.hasSuffix(Self.counterSuffix) && !ignores($0)
    }.sorted().map { name in unread[name].map { "\(name) (\($0))" } ?? name }
    guard unexpected.isEmpty else {
      throw CheckpointError.unexpectedTensors(path: path, model: model, names: unexpected)
    }
    for parameter in plan.parameters {
      let values = try floats(tensors, parameter.name, shape: parameter.layout.torchShape, path: path)
      var numbers = values
      parameter.layout.forEachTorchElement { numbers[$1] = values[$0] }
      parameters.write(numbers, at: parameter.offset)
    }
    for statistic in plan.statistics {
      statistics.write(
        try floats(tensors, statistic.name, shape: [statistic.count], path: path), at: statistic.offset)
    }
  }

  /// Some files call the last layer `fc` where others say `linear`.
  private func alias(_ name: String) -> String {
    for (from, to) in [("fc.", "linear."), ("linear.", "fc.")] where name.hasPrefix(from) {
      let other = to + name.dropFirst(from.count)
      if !plan.parameters.contains(where: { $0.name == name }), plan.parameters.contains(where: { $0.name == other }) {
        return other
      }
    }
    return name
  }

  private func floats(
    _ tensors: [String: SafeTensors.Entry], _ name: String, shape: [Int], path: String
  ) throws -> [Float] {
    guard let entry = tensors[name], entry.shape == shape else {
      throw CheckpointError.wrongShape(path: path, tensor: name, found: tensors[name]?.shape ?? [], expected: shape)
    }
    guard case .float(let values) = entry.values else {
      throw CheckpointError.damaged(path: path, detail: "\(name) holds whole numbers where floats are needed")
    }
    return values
  }

  private static let meanSuffix = "running_mean"
  private static let counterSuffix = "num_batches_tracked"
}
