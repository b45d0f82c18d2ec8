internal import Datasets
import Foundation
package import Reports
package import Training
internal import Yams

/// The folder of one run. Every file in it is written whole or not at all.
package struct RunFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package func file(_ name: String) -> String { "\(path)/\(name)" }
  package func model(_ name: String, seed: UInt64) -> String { file("model-\(name)-seed\(seed).safetensors") }
  package var checkpoint: String { file("checkpoint") }
  package var log: String { file("log.jsonl") }
  package var configuration: String { file("config.yaml") }
  package var report: String { file("report.json") }

  func removeCheckpoint() { try? FileManager.default.removeItem(atPath: checkpoint) }
}

extension RunFolder {
  /// What config.yaml holds: the merged settings, and under `inputs` what they were applied to.
  private struct Stored: Codable {
    var inputs: RunRequest
  }

  /// Makes a new run of a folder that is locked, or finds out that it goes on with the same one.
  ///
  /// - Returns: whether the folder held this run already.
  /// - Throws: `UsageError` when it holds another run or foreign files, `FileError` when it cannot be written.
  package func prepare(_ plan: RunPlan) throws -> Bool {
    if FileManager.default.fileExists(atPath: configuration), holdsRun {
      let old = try stored()
      guard old.doesTheSame(as: plan) else {
        throw UsageError.otherRun(path, difference: Self.difference(old, plan))
      }
      AtomicFile.removeLeftovers(in: path)
      return true
    }
    let visible = (try? FileManager.default.contentsOfDirectory(atPath: path))?.filter { !$0.hasPrefix(".") } ?? []
    guard visible.isEmpty else {
      throw UsageError.foreignFolder(path)
    }
    try write(try ExactYAML.text(of: Stored(inputs: plan.request)) + plan.experiment.yaml(), to: configuration)
    return false
  }

  /// The report of this very run where the folder holds it finished; nil otherwise.
  ///
  /// - Throws: `ReportError` or `FileError` where it cannot be read.
  package func finishedReport(_ plan: RunPlan) throws -> Report? {
    guard FileManager.default.fileExists(atPath: report), FileManager.default.fileExists(atPath: configuration),
      let old = try? stored(), old.doesTheSame(as: plan)
    else { return nil }
    return try FinishedRun.report(of: self)
  }

  /// Makes a folder of the run with all folders above it.
  package func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch let error as CocoaError {
      let code = (error.underlying as? POSIXError)?.code.rawValue ?? EIO
      throw FileError(.create, path, code: code)
    }
  }

  /// Whether its config.yaml says what it was applied to, as a run's does and no other file of that name.
  private var holdsRun: Bool {
    (try? InputFile.contents(of: configuration)).map { String(decoding: $0, as: UTF8.self) }?
      .contains(#/(^|\n)inputs:/#) ?? true
  }

  /// The plan that the folder was made with.
  package func stored() throws -> RunPlan {
    guard let text = try? String(contentsOfFile: configuration, encoding: .utf8) else {
      throw DataNotFound(path: configuration, what: "no run")
    }
    do {
      // First, because it bounds what aliases expand to.
      var settings = try Configuration()
      try settings.overlay(yaml: text, source: configuration)
      let stored = try YAMLDecoder().decode(Stored.self, from: text)
      return RunPlan(stored.inputs, try settings.experiment())
    } catch let error as UsageError {
      throw error
    } catch {
      throw DataError.damaged(configuration, "it is not the configuration of a run")
    }
  }

  package func write(_ bytes: [UInt8], to path: String) throws { try AtomicFile.write(bytes: bytes, to: path) }
  package func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  private static func difference(_ oldPlan: RunPlan, _ plan: RunPlan) -> String {
    func leaves(_ settings: some Encodable) -> [String: String] {
      let all = (try? JSONValue(encoding: settings))?.leaves ?? []
      return Dictionary(all.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
    }
    let (old, new) =
      oldPlan.request.asksTheSame(as: plan.request)
      ? (leaves(oldPlan.experiment), leaves(plan.experiment)) : (leaves(oldPlan.request), leaves(plan.request))
    return Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }
      .map { "\($0): \(new[$0] ?? "not set"), there \(old[$0] ?? "not set")" }.joined(separator: "; ")
  }
}

/// A path that holds nothing; the command line exits with 66.
package struct DataNotFound: Error, Equatable, CustomStringConvertible {
  package let path: String
  package let what: String

  package init(path: String, what: String) {
    self.path = path
    self.what = what
  }

  package var description: String { "There is \(what) at \(path). Check the path." }
}

// MARK: - The log

extension RunFolder {
  /// The epochs that earlier sittings logged; lines that are not whole records are left out.
  package func logged() -> [EpochRecord] {
    guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(EpochRecord.self, from: Data($0.utf8))
    }
  }

  package func writeLog(_ records: [EpochRecord]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let lines = try records.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try write(lines.joined(), to: log)
  }
}
