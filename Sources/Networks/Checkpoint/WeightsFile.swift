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
    return file
  }

  /// A tensor's name without the wrappers before it.
  private static func unwrapped(_ title: String) -> String {
    let parts = title.split(separator: ".", omittingEmptySubsequences: false)
    let own = parts.drop { wrappers.contains(String($0)) }
    return own.isEmpty ? title : own.joined(separator: ".")
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
