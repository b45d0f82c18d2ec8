/// How often each true class (row) was predicted as each class (column), summed over the classifiers added.
///
/// Images for which a classifier could rank no class are in no cell.
package struct ConfusionMatrix: Sendable, Equatable {
  package let classes: Int
  /// `classes * classes` counts, row by row.
  package private(set) var counts: [Int]

  package init(classes: Int) {
    precondition(classes > 0, "a classifier has at least one class")
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
  }

  /// The matrix of one classifier per seed, summed over the seeds.
  package init(classes: Int, summing seeds: [Predictions]) {
    self.init(classes: classes)
    for predictions in seeds { add(predictions) }
  }
}

extension ConfusionMatrix {
  package mutating func add(_ predictions: Predictions) {
    precondition(predictions.classes == classes, "the classifier has another number of classes than the matrix")
    for image in 0..<predictions.count {
      guard let predicted = predictions.top1(image) else { continue }
      counts[Int(predictions.labels[image]) * classes + predicted] += 1
    }
  }

  package subscript(true label: Int, predicted predicted: Int) -> Int { counts[label * classes + predicted] }

  /// The wrong classes that `label` was predicted as, the most frequent first (ties: lower index), at most `limit`.
  package func confusions(of label: Int, limit: Int) -> [(class: Int, count: Int)] {
    let wrong = (0..<classes).filter { $0 != label && self[true: label, predicted: $0] > 0 }
      .map { (class: $0, count: self[true: label, predicted: $0]) }
      .sorted { ($0.count, $1.class) > ($1.count, $0.class) }
    return Array(wrong.prefix(limit))
  }
}
