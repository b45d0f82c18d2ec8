/// A user's file of weights, safetensors or PyTorch's own, told apart by their first bytes.
package enum WeightsFile {
  /// Throws `CheckpointError`.
  package static func read(_ bytes: [UInt8], path: String) throws -> SafeTensors {
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
