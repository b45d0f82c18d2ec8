/// How often each true class (row) was predicted as each class (column), summed over the classifiers added.
///
/// Images for which a classifier could rank no class are in no cell.
package struct ConfusionMatrix: Sendable, Equatable {
  package let classes: Int
  /// For each true class the predicted ones with their counts: no more than there are images, however many classes.
  package private(set) var rows: [[Int: Int]]

  package init(classes: Int) {
    precondition(classes > 0, "a classifier has at least one class")
    self.classes = classes
    rows = [[Int: Int]](repeating: [:], count: classes)
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
      rows[Int(predictions.labels[image])][predicted, default: 0] += 1
    }
  }

  package subscript(true label: Int, predicted predicted: Int) -> Int { rows[label][predicted] ?? 0 }

  /// The wrong classes that `label` was predicted as, the most frequent first (ties: lower index), at most `limit`.
  package func confusions(of label: Int, limit: Int) -> [(class: Int, count: Int)] {
    let wrong = rows[label].filter { $0.key != label }.map { (class: $0.key, count: $0.value) }
      .sorted { ($0.count, $1.class) > ($1.count, $0.class) }
    return Array(wrong.prefix(limit))
  }
}
