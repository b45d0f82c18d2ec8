package import Kernels

/// What is worth knowing about features before anything is computed from them.
package struct FeatureInspection: Sendable, Equatable {
  /// A hash of each row's values, equal for single and double precision of the same numbers.
  package let rowHashes: [UInt64]
  /// Rows that are equal to an earlier one.
  package let repeated: Int
  /// Columns with the same number in every row.
  package let constantColumns: Int

  private static let step = 256
  /// Squares of larger numbers, and sums of these, may not fit into single precision.
  private static let largest = 1e18
}

extension FeatureInspection {
  /// Reads all rows once.
  ///
  /// - Throws: `MetricError.notFinite` or `.tooLarge` with the first such row, `.tooFew` without rows, and what reading
  ///   throws.
  package init(_ features: any FeatureSource, pool: ThreadPool) throws {
    let (rows, columns) = (features.rows, features.columns)
    guard rows > 0, columns > 0 else { throw MetricError.tooFew(metric: "a set of features", rows: 0, needed: 1) }
    let first = try features.row(0)
    let portions = ranges(of: rows, step: Self.step)
    var hashes = [UInt64](repeating: 0, count: rows)
    var varying = [Bool](repeating: false, count: portions.count * columns)
    try hashes.withUnsafeMutableBufferPointer { hashes in
      try varying.withUnsafeMutableBufferPointer { varying in
        nonisolated(unsafe) let (hashes, varying) = (hashes, varying)
        try pool.runThrowing(chunks: portions.count) { chunk, _ in
          let values = DoubleScratch(portions[chunk].count * columns)
          try features.copy(portions[chunk], into: values.base)
          for (place, row) in portions[chunk].enumerated() {
            let line = values.base + place * columns
            var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
            var (sum, isLarge) = (0.0, false)
            for column in 0..<columns {
              let value = line[column]
              // Zero times a number is 0 unless that is not finite.
              sum += value * 0
              hash = (hash ^ (value == 0 ? 0 : value.bitPattern)) &* 0xD6E8_FEB8_6659_FD93
              hash ^= hash >> 32
              if abs(value) > Self.largest { isLarge = true }
              if value != first[column] { varying[chunk * columns + column] = true }
            }
            guard sum == 0 else {
              throw MetricError.notFinite(row: row, column: (0..<columns).first { !line[$0].isFinite } ?? 0)
            }
            guard !isLarge else { throw MetricError.tooLarge(row: row) }
            hashes[row] = hash
          }
        }
      }
    }
    rowHashes = hashes
    repeated = rows - Set(hashes).count
    constantColumns = (0..<columns).count { column in
      !portions.indices.contains { varying[$0 * columns + column] }
    }
  }
}
