internal import Datasets
import Foundation
internal import Training

/// Trained baselines, kept between runs, so that a study of many generators trains its baseline once.
///
/// The key of an entry is everything that determines its bytes: data, configuration, seed, kernels and build. If the
/// cache cannot be read or written, the baseline is trained; that is no error.
package struct BaselineCache: Sendable {
  package let path: String
  private let build: @Sendable () -> String?

  /// - Parameter build: the program that computes the entries; nil, and then nothing is kept, where it is not known.
  package init(path: String, build: @autoclosure @escaping @Sendable () -> String?) {
    self.path = path
    self.build = build
  }

  struct Hit {
    let model: [UInt8]
    let history: [EpochRecord]
  }

  func lookup(_ job: TrainingJob, kernels: String) -> Hit? {
    guard let stem = stem(job, kernels: kernels), let model = try? InputFile.contents(of: "\(stem).safetensors"),
      let text = try? InputFile.contents(of: "\(stem).json"),
      var history = try? JSONDecoder().decode([EpochRecord].self, from: Data(text)),
      (try? ModelFile.load(model, path: stem, job: job, kernels: kernels)) != nil
    else { return nil }
    for index in history.indices { (history[index].name, history[index].cached) = (job.name, true) }
    return Hit(model: model, history: history)
  }

  /// Keeps a training that this build and these kernels computed completely.
  func store(_ job: TrainingJob, kernels: String, model: [UInt8], history: [EpochRecord]) {
    guard let stem = stem(job, kernels: kernels), let text = try? JSONEncoder().encode(history) else { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // The model comes last: an entry without it is not found.
      try AtomicFile.write(bytes: Array(text), to: "\(stem).json")
      try AtomicFile.write(bytes: model, to: "\(stem).safetensors")
    } catch { return }
  }

  private func stem(_ job: TrainingJob, kernels: String) -> String? {
    build().map { build in
      "\(path)/\(Digest.hexadecimal(of: Array("\(job.fingerprint) \(kernels) \(build)".utf8)))"
    }
  }
}
