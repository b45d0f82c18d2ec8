/// Rows of features, in memory or in a file, handed out a few at a time, so that metrics need not hold them all. Rows can
/// be asked for from any thread.
package protocol FeatureSource: Sendable {
  var rows: Int { get }
  var columns: Int { get }
  /// Writes these rows to `target`, which has room for rows x columns numbers. Throws if they cannot be read.
  func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) throws
  func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) throws
}

extension FeatureMatrix: FeatureSource {
  package func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "there are no such rows of features")
    values.withUnsafeBufferPointer { values in
      let first = rows.lowerBound * columns
      for index in 0..<rows.count * columns { target[index] = Double(values[first + index]) }
    }
  }

  package func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "there are no such rows of features")
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress, !rows.isEmpty else { return }
      target.update(from: base + rows.lowerBound * columns, count: rows.count * columns)
    }
  }
}

/// Features in double precision, in memory.
package struct DoubleFeatures: FeatureSource, Equatable {
  package let rows: Int
  package let columns: Int
  /// rows x columns numbers, row by row.
  package let values: [Double]

  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "features need rows x columns values")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  package func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "there are no such rows of features")
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress, !rows.isEmpty else { return }
      target.update(from: base + rows.lowerBound * columns, count: rows.count * columns)
    }
  }

  package func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "there are no such rows of features")
    values.withUnsafeBufferPointer { values in
      let first = rows.lowerBound * columns
      for index in 0..<rows.count * columns { target[index] = Float(values[first + index]) }
    }
  }
}

/// Some rows of other features, in an order of their own.
package struct SelectedFeatures: FeatureSource {
  private let base: any FeatureSource
  private let indices: [Int]

  package var rows: Int { indices.count }
  package var columns: Int { base.columns }

  package init(_ base: any FeatureSource, rows indices: [Int]) {
    precondition(indices.allSatisfy { $0 >= 0 && $0 < base.rows }, "there are no such rows of features")
    self.base = base
    self.indices = indices
  }

  package func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) throws {
    try forEachRun(of: rows) { try base.copy($0, into: target + $1 * columns) }
  }

  package func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) throws {
    try forEachRun(of: rows) { try base.copy($0, into: target + $1 * columns) }
  }

  /// Calls `body` with neighbouring rows of the base, and with where they belong.
  private func forEachRun(of rows: Range<Int>, _ body: (Range<Int>, Int) throws -> Void) rethrows {
    var start = rows.lowerBound
    while start < rows.upperBound {
      var end = start + 1
      while end < rows.upperBound, indices[end] == indices[end - 1] + 1 { end += 1 }
      try body(indices[start]..<indices[start] + (end - start), start - rows.lowerBound)
      start = end
    }
  }
}

extension FeatureSource {
  /// One row in double precision.
  func row(_ index: Int) throws -> [Double] {
    try [Double](unsafeUninitializedCapacity: columns) { buffer, filled in
      if let base = buffer.baseAddress { try copy(index..<index + 1, into: base) }
      filled = columns
    }
  }
}
