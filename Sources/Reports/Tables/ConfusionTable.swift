/// How often the images of each class were predicted as each class, for one result.
package struct ConfusionTable: Sendable, Equatable {
  package let result: String
  package let classes: [String]
  /// `classes.count * classes.count` counts, summed over seeds, true class by row.
  package let counts: [Int]

  package init(result: String, classes: [String], counts: [Int]) {
    precondition(counts.count == classes.count * classes.count, "the counts do not fill the confusion table")
    self.result = result
    self.classes = classes
    self.counts = counts
  }
}
