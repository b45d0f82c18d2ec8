internal import Pickles

/// A user's file of weights, safetensors or PyTorch's own, told apart by their first bytes.
package enum WeightsFile {
  /// What `DataParallel`, `torch.compile` and training frameworks put before the names of a network that they wrap.
  private static let wrappers = ["module", "_orig_mod", "model", "backbone"]
  /// How many models `torch.optim.swa_utils.AveragedModel` has averaged.
  private static let averageCounter = "n_averaged"

  /// The tensors of a file under the network's own names.
  ///
  /// - Throws: `CheckpointError`, also where two tensors differ in their wrappers only.
  package static func read(_ bytes: [UInt8], path: String) throws -> SafeTensors {
    var file = try container(bytes, path: path)
    file.tensors[averageCounter] = nil
    let titles = file.tensors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let pairs = titles.map { (name: unwrapped($0), title: $0) }
    if let (name, titles) = Dictionary(grouping: pairs, by: \.name).filter({ $1.count > 1 }).min(by: { $0.key < $1.key }
    ) {
      throw CheckpointError.unsuitable(
        path: path, detail: "it holds \(name) twice, as \(titles[0].title) and as \(titles[1].title)",
        remedy: "Save the state_dict of one network alone")
    }
    file.tensors = Dictionary(
      uniqueKeysWithValues: pairs.compactMap { pair in file.tensors[pair.title].map { (pair.name, $0) } })
    file.unread = Dictionary(file.unread.map { (unwrapped($0.key), $0.value) }) { first, _ in first }
    return file
  }

  /// A tensor's name without the wrappers before it, as torchvision has it.
  private static func unwrapped(_ title: String) -> String {
    let parts = title.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let own = parts.drop { wrappers.contains($0) }
    guard !own.isEmpty else { return title }
    return (ofTransformers(Array(own)) ?? Array(own)).joined(separator: ".")
  }

  /// torchvision's name of a tensor of a ResNet that transformers saved; nil for other names.
  private static func ofTransformers(_ name: [String]) -> [String]? {
    func layer(_ kind: String, convolution: String, normalization: String) -> String? {
      ["convolution": convolution, "normalization": normalization][kind]
    }
    let parts = name.first == "resnet" ? Array(name.dropFirst()) : name
    if parts.starts(with: ["embedder", "embedder"]), parts.count == 4 {
      return layer(parts[2], convolution: "conv1", normalization: "bn1").map { [$0, parts[3]] }
    }
    if parts.starts(with: ["classifier", "1"]), parts.count == 3 { return ["fc", parts[2]] }
    guard parts.starts(with: ["encoder", "stages"]), parts.count >= 8, let stage = Int(parts[2]),
      (0..<100).contains(stage),
      parts[3] == "layers"
    else { return nil }
    let block = ["layer\(stage + 1)", parts[4]]
    if parts[5] == "shortcut", parts.count == 8 {
      return layer(parts[6], convolution: "0", normalization: "1").map { block + ["downsample", $0, parts[7]] }
    }
    guard parts[5] == "layer", parts.count == 9, let place = Int(parts[6]), (0..<100).contains(place) else {
      return nil
    }
    return layer(parts[7], convolution: "conv\(place + 1)", normalization: "bn\(place + 1)").map {
      block + [$0, parts[8]]
    }
  }

  private static func container(_ bytes: [UInt8], path: String) throws -> SafeTensors {
    guard TorchFile.recognizes(bytes) else { return try SafeTensors(bytes, path: path) }
    do {
      return SafeTensors(tensors: try TorchFile(bytes).tensors)
    } catch PickleFault.forbidden(let name) {
      throw CheckpointError.forbidden(path: path, name: name)
    } catch PickleFault.damaged(let detail) {
      throw CheckpointError.damagedPickle(path: path, detail: detail)
    }
  }
}
