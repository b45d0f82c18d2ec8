/// How often each true class (row) was predicted as each class (column), summed over the classifiers added.
///
/// Images for which a classifier could rank no class are in no cell.
package struct ConfusionMatrix: Sendable, Equatable {
  /// A pair of classes, as indices, and how often it occurred.
  package struct Cell: Sendable, Equatable {
    package let label: Int
    package let predicted: Int
    package let count: Int
  }

  package let classNames: [String]
  /// For each true class the predicted ones with their counts: no more than there are images, however many classes.
  package private(set) var rows: [[Int: Int]]

  /// - Parameter rows: one for each class.
  package init(classNames: [String], rows: [[Int: Int]]) {
    precondition(!classNames.isEmpty && rows.count == classNames.count, "a confusion matrix has a row for each class")
    self.classNames = classNames
    self.rows = rows
  }

  /// The matrix of one classifier per seed, summed over the seeds.
  package init(classNames: [String], summing seeds: [Predictions]) {
    self.init(classNames: classNames, rows: [[Int: Int]](repeating: [:], count: classNames.count))
    for predictions in seeds { add(predictions) }
  }
}

extension ConfusionMatrix {
  private mutating func add(_ predictions: Predictions) {
    precondition(predictions.classes == rows.count, "the classifier has another number of classes than the matrix")
    for image in 0..<predictions.count {
      guard let predicted = predictions.top1(image) else { continue }
      rows[Int(predictions.labels[image])][predicted, default: 0] += 1
    }
  }

  package subscript(true label: Int, predicted predicted: Int) -> Int { rows[label][predicted] ?? 0 }

  /// The pairs of classes that occurred, by true class and then by predicted class.
  package var cells: [Cell] {
    rows.enumerated().flatMap { label, row in
      row.sorted { $0.key < $1.key }.map { Cell(label: label, predicted: $0.key, count: $0.value) }
    }
  }

  /// The wrong classes that `label` was predicted as, the most frequent first (ties: lower index), at most `limit`.
  package func confusions(of label: Int, limit: Int) -> [ClassConfusion] {
    rows[label].filter { $0.key != label }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(limit)
      .map { ClassConfusion(name: classNames[$0.key], count: $0.value) }
  }
}
