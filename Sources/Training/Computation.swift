import Foundation

/// What computes a training, or part of it: a build of this program, and the kernels it uses on its machine. Equal
/// computations give equal bytes.
package struct Computation: Codable, Equatable, Sendable {
  /// The build; nil if unknown, as in files of earlier versions.
  package let build: String?
  package let kernels: String

  package init(build: String?, kernels: String) {
    self.build = build
    self.kernels = kernels
  }
}

extension Computation {
  /// The metadata key that lists the computations of a file.
  package static let key = "computedBy"

  /// The metadata of a training's file about its computations.
  ///
  /// - Parameter parts: of the training, in their order. The last one's kernels also have a key of their own, because they
  ///   continue the training.
  package static func metadata(of parts: [Computation]) throws -> [String: String] {
    guard let last = parts.last else { preconditionFailure("something computes every training") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ["kernels": last.kernels, key: String(decoding: try encoder.encode(parts), as: UTF8.self)]
  }

  /// The computations of the training whose file has this metadata; one part of an unknown build if it lists none.
  package static func parts(in metadata: [String: String]) -> [Computation] {
    let listed = metadata[key].flatMap { try? JSONDecoder().decode([Computation].self, from: Data($0.utf8)) }
    if let listed, !listed.isEmpty { return listed }
    return [Computation(build: nil, kernels: metadata["kernels"] ?? "unknown kernels")]
  }
}
