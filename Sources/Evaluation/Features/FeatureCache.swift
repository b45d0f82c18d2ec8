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
  /// Which program computed what is kept.
  package let build: String

  package init(path: String, build: String) {
    self.path = path
    self.build = build
  }

  /// `features` in the folder of the cache of baselines, or beside it.
  package static func standard(environment: [String: String]) -> FeatureCache? {
    guard environment["CAS_CACHE"] != "", let build = ProgramIdentity.current else { return nil }
    if let path = environment["CAS_CACHE"] { return FeatureCache(path: "\(path)/features", build: build) }
    let root = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { "\($0)/.cache" }
    return root.map { FeatureCache(path: "\($0)/cas/features", build: build) }
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
  func file(_ key: String, first: Int) -> String { "\(path)/\(Self.name(key, build))-\(first).safetensors" }

  func lookup(_ key: String, first: Int, features: Int, logits: Int) -> Lookup {
    let path = file(key, first: first)
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
    guard let bytes = try? file.serialized() else { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try AtomicFile.write(bytes: bytes, to: self.file(key, first: first))
    } catch { return }
  }

  private static let format = "cas-features-1"

  private static func name(_ key: String, _ build: String) -> String {
    Digest.hexadecimal(of: Array("\(key) \(build)".utf8))
  }
}
