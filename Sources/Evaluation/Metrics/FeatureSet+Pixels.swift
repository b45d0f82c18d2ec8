internal import Datasets
internal import Metrics

extension FeatureSet {
  /// The pixels of images as features, from 0 to 1: no network, and no invariance whatever.
  ///
  /// - Throws: what decoding throws, where the images are streamed.
  init(pixelsOf samples: Samples, name: String) throws {
    let columns = samples.shape.count
    self.init(
      name: name, path: samples.summary.path,
      features: FeatureMatrix(
        rows: samples.count, columns: columns, values: try samples.pixels.map { Float($0) / 255 }))
    labels = samples.labels.map(Int.init)
    classNames = samples.classNames
  }
}

extension MetricsStudy.Sets {
  /// The test images and the training images of real data as pixels.
  ///
  /// - Throws: `UsageError` where there are no two splits, `DataError`, `ImageError` or `FileError`.
  package init(pixelsOf real: String, _ reader: SetReader) throws {
    guard try Dataset.open(real).hasTwoSplits else {
      throw UsageError.noTrainingSplit(real)
    }
    let data = try StudyData(ImageSelection(real: real), reader)
    guard let training = data.realTrain else { throw DataError.noSuchSplit(real, .train) }
    self.init(
      real: try FeatureSet(pixelsOf: data.test, name: "test images"),
      synthetic: [try FeatureSet(pixelsOf: training, name: "training images")])
  }
}
