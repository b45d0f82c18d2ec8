internal import Datasets
internal import Foundation
internal import Generators
internal import Reports

/// The folder that `cas sample` writes: the model, likelihood.json, and the samples with their log-likelihoods. As a data
/// set it is its class folders; everything else in it is passed over.
package struct SampleFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  func file(_ name: String) -> String { "\(path)/\(name)" }
  package var model: String { file("model.safetensors") }
  package var document: String { file("likelihood.json") }
  package var likelihoods: String { file("log-likelihoods.csv") }
  package var archive: String { file("samples.npz") }
  /// What an interrupted fit goes on from.
  var state: String { file(".fit-state") }
  /// What interrupted sampling goes on from.
  var parts: String { file(".samples") }

  private var run: RunFolder { RunFolder(path: path) }
  func made() throws -> RunFolderLock { try run.made() }

  /// Throws `SampleError.foreignFolder` where the folder holds something else.
  func check() throws {
    let manager = FileManager.default
    let visible = (try? manager.contentsOfDirectory(atPath: path))?.filter { !$0.hasPrefix(".") } ?? []
    let isOurs = visible.isEmpty || manager.fileExists(atPath: model)
    guard isOurs else { throw SampleError.foreignFolder(path) }
  }

  func savedModel() throws -> (any LikelihoodModel)? {
    FileManager.default.fileExists(atPath: model) ? try GeneratorFile.read(model) : nil
  }

  /// Saves the model here, and removes the state of its fit. Throws `SampleError.otherModel` where another one is.
  func keep(_ model: any LikelihoodModel) throws {
    if let old = try savedModel() {
      guard old.identity == model.identity else { throw SampleError.otherModel(self.model) }
    } else {
      try GeneratorFile.write(model, to: self.model)
    }
    try? FileManager.default.removeItem(atPath: state)
  }

  func write(_ document: SampleDocument) throws {
    try AtomicFile.write(bytes: Array(try document.json()), to: self.document)
  }

  /// scores.csv, and scores.npz where all classes were asked about.
  func writeScores(_ values: LikelihoodValues, of samples: Samples, _ classNames: [String]) throws {
    try write(values, images: samples.members, classNames, to: "scores")
  }

  /// A line for each image: its name or number, its class, and ln p(x | y) in nats; with all classes a file of arrays, too.
  func write(_ values: LikelihoodValues, images: [String], _ classNames: [String], to stem: String) throws {
    var csv = CSV(header: ["image", "class", "log_likelihood"])
    for (index, value) in values.own.enumerated() {
      csv.append([images[index], classNames[values.labels[index]], "\(value)"])
    }
    try AtomicFile.write(bytes: Array(csv.text.utf8), to: file("\(stem).csv"))
    guard values.hasAllClasses else { return }
    let count = values.labels.count
    try NPZ.write(
      [
        ("log_likelihoods", NPYArray(values.values, shape: [count, values.classes])),
        ("labels", NPYArray(values.labels.map { Int64($0) }, shape: [count])),
      ], to: file("\(stem).npz"))
  }
}
