internal import Datasets
import Foundation
internal import Networks

/// Features on disk, in blocks of images, so that they are computed once for all metrics and an interrupted extraction
/// loses no more than a block.
///
/// A block is found by the hash of all images, the extractor with its weights, the kernels and the build; one that is damaged is
/// said to be, and computed again. A cache that cannot be written is no error.
package struct FeatureCache: Sendable {
  package let path: String
  private let build: @Sendable () -> String?

  /// - Parameter build: the program that computes what is kept; nil, and then nothing is, where it is not known.
  package init(path: String, build: @autoclosure @escaping @Sendable () -> String?) {
    self.path = path
    self.build = build
  }

  /// Consecutive rows of features, and of logits if there are any.
  struct Block: Equatable {
    var features: [Float]
    var logits: [Float]
  }

  enum Lookup: Equatable {
    case found(Block)
    case missing
    case damaged(path: String)
  }

  /// Where the block of images from `first` on lies.
  private func file(_ key: String, first: Int) -> String? {
    build().map { "\(path)/\(Digest.hexadecimal(of: Array("\(key) \($0)".utf8)))-\(first).safetensors" }
  }

  func lookup(_ key: String, first: Int, features: Int, logits: Int) -> Lookup {
    guard let path = file(key, first: first) else { return .missing }
    let bytes: [UInt8]
    do { bytes = try InputFile.contents(of: path) } catch let error as FileError where error.code == ENOENT {
      return .missing
    } catch { return .damaged(path: path) }
    guard let file = try? SafeTensors(bytes, path: path), file.metadata["format"] == Self.format,
      file.metadata["key"] == key, case .float(let rows)? = file.tensors["features"]?.values,
      case .float(let scores)? = file.tensors["logits"]?.values, rows.count == features, scores.count == logits
    else { return .damaged(path: path) }
    return .found(Block(features: rows, logits: scores))
  }

  func store(_ block: Block, _ key: String, first: Int) {
    var file = SafeTensors(metadata: ["format": Self.format, "key": key])
    for (name, values) in [("features", block.features), ("logits", block.logits)] {
      file.tensors[name] = SafeTensors.Entry(shape: [values.count], values: .float(values))
    }
    guard let target = self.file(key, first: first), let bytes = try? file.serialized() else { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try AtomicFile.write(bytes: bytes, to: target)
    } catch { return }
  }

  private static let format = "cas-features-1"
}
