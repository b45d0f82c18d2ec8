internal import Datasets
import Foundation
package import Images
internal import Metrics
package import Reports
internal import Training

// What the page shows beyond report.json, from what a run has at hand or from what its folder holds.
extension ReportDetails {
  /// - Parameters:
  ///   - classifiers: for each result's key, its predictions seed by seed.
  ///   - log: the epochs of all trainings.
  init(
    _ classifiers: [(key: String, predictions: [Predictions])], classNames: [String], log: [EpochRecord],
    galleries: [FailureGallery<Image>]
  ) {
    let tested = classifiers.filter { !$0.predictions.isEmpty }
    self.init(
      confusions: Dictionary(
        tested.map { ($0.key, ConfusionMatrix(classNames: classNames, summing: $0.predictions)) },
        uniquingKeysWith: { first, _ in first }),
      reliability: Dictionary(
        tested.map { ($0.key, Self.bins($0.predictions)) }, uniquingKeysWith: { first, _ in first }),
      training: Self.curves(log), galleries: galleries)
  }

  /// Reads predictions.npz, log.jsonl and thumbnails/ of a finished run.
  init(of run: FinishedRun, _ folder: RunFolder) throws {
    self.init(
      run.classifiers.map { ($0.label, $0.predictions) }, classNames: run.classNames, log: folder.logged(),
      galleries: try Thumbnails(of: folder).galleries)
  }

  private static func bins(_ seeds: [Predictions]) -> [CalibrationBin] {
    let bins = seeds.map { $0.calibrationBins() }
    return bins[0].indices.map { index in bins.reduce(CalibrationBin()) { $0 + $1[index] } }
  }

  private static func curves(_ log: [EpochRecord]) -> [TrainingCurve] {
    var curves: [TrainingCurve] = []
    for record in log {
      let epoch = (epoch: record.epoch, loss: record.loss, top1: record.trainingTop1)
      if let index = curves.firstIndex(where: { $0.name == record.name && $0.seed == record.seed }) {
        curves[index].epochs.append(epoch)
      } else {
        curves.append(TrainingCurve(name: record.name, seed: record.seed, epochs: [epoch]))
      }
    }
    return curves
  }
}

extension EncodedPicture {
  /// Small images keep their pixels as PNG; photographs are JPEG, a tenth of the size.
  package static func of(_ image: Image) throws(ImageError) -> EncodedPicture {
    if max(image.width, image.height) <= 64 {
      return EncodedPicture(type: "image/png", bytes: try PNG.encode(image))
    }
    return EncodedPicture(type: "image/jpeg", bytes: try JPEG.encode(image, quality: 85))
  }
}
