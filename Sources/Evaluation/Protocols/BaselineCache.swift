internal import Datasets
import Foundation
internal import Training

/// Trained baselines, kept between runs, so that a study of many generators trains its baseline once.
///
/// The key of an entry is everything that determines its bytes: data, configuration, seed, kernels and build. If the
/// cache cannot be read or written, the baseline is trained; that is no error.
package struct BaselineCache: Sendable {
  package let path: String
  /// The program that computed the entries.
  package let build: String

  package init(path: String, build: String) {
    self.path = path
    self.build = build
  }

  /// `CAS_CACHE`, otherwise `cas` in the user's cache folder; nil when `CAS_CACHE` is empty.
  package static func standard(environment: [String: String]) -> BaselineCache? {
    guard environment["CAS_CACHE"] != "", let build = ProgramIdentity.current else { return nil }
    if let path = environment["CAS_CACHE"] { return BaselineCache(path: path, build: build) }
    let root = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { "\($0)/.cache" }
    return root.map { BaselineCache(path: "\($0)/cas/baselines", build: build) }
  }

  struct Hit {
    let model: [UInt8]
    let history: [EpochRecord]
  }

  func lookup(_ job: TrainingJob, kernels: String) -> Hit? {
    let stem = self.stem(job, kernels: kernels)
    guard let model = try? InputFile.contents(of: "\(stem).safetensors"),
      let text = try? InputFile.contents(of: "\(stem).json"),
      var history = try? JSONDecoder().decode([EpochRecord].self, from: Data(text)),
      (try? ModelFile.load(model, path: stem, job: job, kernels: kernels)) != nil
    else { return nil }
    for index in history.indices { (history[index].name, history[index].cached) = (job.name, true) }
    return Hit(model: model, history: history)
  }

  /// Keeps a training that this build and these kernels computed completely.
  func store(_ job: TrainingJob, kernels: String, model: [UInt8], history: [EpochRecord]) {
    let stem = self.stem(job, kernels: kernels)
    guard let text = try? JSONEncoder().encode(history) else { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // The model comes last: an entry without it is not found.
      try AtomicFile.write(bytes: Array(text), to: "\(stem).json")
      try AtomicFile.write(bytes: model, to: "\(stem).safetensors")
    } catch { return }
  }

  private func stem(_ job: TrainingJob, kernels: String) -> String {
    "\(path)/\(Digest.hexadecimal(of: Array("\(job.fingerprint) \(kernels) \(build)".utf8)))"
  }
}
