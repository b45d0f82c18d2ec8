internal import Datasets
internal import Foundation
internal import Metrics

/// What a study has computed so far, a small file for each metric of each model. A file is found by all that its numbers
/// depend on, so that a study which was broken off goes on where it was, and one with other settings starts anew.
struct StudyStore {
  /// The folder `metrics` of the study.
  let path: String

  /// All that the numbers of a metric depend on.
  struct Key: Codable {
    var samples: String
    var real: String
    /// What the features depend on.
    var extractor: String
    var metric: String
    var request: MetricsRequest
    var kernels: String
    var build: String?
  }

  private struct Entry: Codable {
    let key: String
    let metrics: [MetricEntry]
  }

  private static let encoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return encoder
  }()

  private func place(_ key: Key) throws -> (text: String, file: String) {
    let bytes = Array(try Self.encoder.encode(key))
    return (String(decoding: bytes, as: UTF8.self), "\(path)/\(Digest.hexadecimal(of: bytes).prefix(32)).json")
  }

  /// Nil where there is none, or none that can be read.
  func lookup(_ key: Key) throws -> [MetricEntry]? {
    let (text, file) = try place(key)
    guard FileManager.default.fileExists(atPath: file), let bytes = try? InputFile.contents(of: file),
      let entry = try? JSONDecoder().decode(Entry.self, from: Data(bytes)), entry.key == text
    else { return nil }
    return entry.metrics
  }

  func store(_ metrics: [MetricEntry], _ key: Key) throws {
    let (text, file) = try place(key)
    try AtomicFile.write(bytes: Array(try Self.encoder.encode(Entry(key: text, metrics: metrics))), to: file)
  }
}
