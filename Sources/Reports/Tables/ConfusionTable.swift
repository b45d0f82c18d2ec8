/// How often the images of each class were predicted as each class, for one result.
package struct ConfusionTable: Sendable, Equatable {
  package let result: String
  package let classes: [String]
  /// The pairs of classes that occurred, by true class and then by predicted class.
  package let cells: [Cell]

  /// A pair of classes, as indices, and how often it occurred, summed over seeds.
  package struct Cell: Sendable, Equatable {
    package let label: Int
    package let predicted: Int
    package let count: Int

    package init(label: Int, predicted: Int, count: Int) {
      self.label = label
      self.predicted = predicted
      self.count = count
    }
  }

  package init(result: String, classes: [String], cells: [Cell]) {
    self.result = result
    self.classes = classes
    self.cells = cells
  }
}
