internal import Datasets
internal import Foundation
internal import Reports

/// What generators that `cas sample` fitted say of the test images of a run, by the name of the set of their samples.
struct ModelInferences {
  private(set) var entries: [String: ModelInferenceEntry] = [:]
  /// About sets whose likelihood.json does not belong to this run.
  private(set) var notes: [String] = []

  /// Looks for likelihood.json in the folder of each set, or beside its file.
  init(of sets: [NamedPath], test: Samples) {
    for set in sets {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: set.path, isDirectory: &isFolder) else { continue }
      let path = SampleFolder(isFolder.boolValue ? set.path : PathParts(set.path).folder).document
      guard FileManager.default.fileExists(atPath: path) else { continue }
      guard let bytes = try? InputFile.contents(of: path),
        let document = try? JSONDecoder().decode(SampleDocument.self, from: Data(bytes))
      else {
        notes.append("\(path) is no document of cas sample; the exact inference of \(set.name) is not shown.")
        continue
      }
      guard let inference = document.exactInference, document.samples != nil else { continue }
      guard document.provenance.data.test?.hash == test.summary.hash else {
        notes.append(
          "\(path) is about other test images than these; the exact inference of \(set.name) is not shown.")
        continue
      }
      entries[set.name] = ModelInferenceEntry(document.generator, inference)
    }
  }
}
