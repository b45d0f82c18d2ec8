import Foundation
package import Reports
package import Training

extension RunFolder {
  /// Writes the epochs of trainings for TensorBoard: `tensorboard/NAME-seedS/events.out.tfevents.cas`. A file that is
  /// written again begins with the bytes that it had.
  ///
  /// - Parameter report: adds the accuracies on the test images to each training's last step.
  /// - Throws: `FileError`.
  package func writeEvents(_ records: [EpochRecord], report: Report? = nil) throws {
    // The folder's age stands for the time at which its trainings began, so that the bytes stay as they are.
    let attributes = try? FileManager.default.attributesOfItem(atPath: configuration)
    let start = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970.rounded() ?? 0
    let results = (report?.results ?? []).filter { $0.kind != .ganTest }
    for (name, ofName) in Dictionary(grouping: records, by: \.name) {
      let result = results.first { $0.key == name }
      let seeds = Dictionary(grouping: ofName, by: \.seed).sorted { $0.key < $1.key }
      for (place, (seed, epochs)) in seeds.enumerated() {
        var file = EventFile(time: start)
        for epoch in epochs.sorted(by: { $0.epoch < $1.epoch }) {
          let numbers = [
            ("training/loss", epoch.loss), ("training/top1", epoch.trainingTop1),
            ("training/learning rate", epoch.learningRate),
          ]
          for (tag, value) in numbers { file.add(tag, value, step: epoch.step, time: start + epoch.seconds) }
        }
        if let last = epochs.max(by: { $0.epoch < $1.epoch }) {
          for (tag, accuracy) in [("test/top1", result?.top1), ("test/top5", result?.top5)] {
            guard let accuracy, accuracy.perSeed.indices.contains(place) else { continue }
            file.add(tag, accuracy.perSeed[place], step: last.step, time: start + last.seconds)
          }
        }
        let path = self.file("tensorboard/\(name)-seed\(seed)")
        try makeFolder(path)
        try write(file.bytes, to: "\(path)/events.out.tfevents.cas")
      }
    }
  }
}
