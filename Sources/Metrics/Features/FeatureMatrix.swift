/// One row of features for each image, as an extractor gives them; whose images they are and in which order is for the owner to know.
package struct FeatureMatrix: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  /// rows x columns numbers, row by row.
  package let values: [Float]

  /// - Precondition: `values` has rows x columns elements.
  package init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "features need rows x columns values")
    self.rows = rows
    self.columns = columns
    self.values = values
  }
}
