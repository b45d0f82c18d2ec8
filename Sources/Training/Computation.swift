import Foundation

/// What computes a training, or a part of it: a build of this program, and the kernels that it takes on its machine.
/// Equal ones give equal bytes.
package struct Computation: Codable, Equatable, Sendable {
  /// Which program; nil where that is not known, as of files that earlier versions wrote.
  package let build: String?
  package let kernels: String

  package init(build: String?, kernels: String) {
    self.build = build
    self.kernels = kernels
  }
}

extension Computation {
  /// The key of a file's metadata that lists what computed it.
  package static let key = "computedBy"

  /// What the file of a training says about what computed it.
  ///
  /// - Parameter parts: of the training, in their order. The last one's kernels stand by themselves, too: those are what
  ///   goes on.
  package static func metadata(of parts: [Computation]) throws -> [String: String] {
    guard let last = parts.last else { preconditionFailure("something computes every training") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ["kernels": last.kernels, key: String(decoding: try encoder.encode(parts), as: UTF8.self)]
  }

  /// What computed the training whose file has this metadata; one part of an unknown build where it does not list them.
  package static func parts(in metadata: [String: String]) -> [Computation] {
    let listed = metadata[key].flatMap { try? JSONDecoder().decode([Computation].self, from: Data($0.utf8)) }
    if let listed, !listed.isEmpty { return listed }
    return [Computation(build: nil, kernels: metadata["kernels"] ?? "unknown kernels")]
  }
}
