internal import Datasets
internal import Foundation
package import Metrics

/// Features, what a classifier says, classes and reference statistics in NumPy's `.npz` form.
///
/// Keys: `features` (or the only matrix of floats), `logits` or `probabilities` (images x classes), `labels` (a number for
/// each image), `mu` and `sigma` with `count` and `hash` where this program wrote them. Other keys are left alone.
package enum FeatureFile {
  private static let known: Set<String> = [
    "features", "logits", "probabilities", "labels", "mu", "sigma", "count", "hash",
  ]

  /// - Parameter isReference: whether statistics alone are enough.
  /// - Throws: `DataError`, `FileError`.
  package static func read(_ path: String, name: String, isReference: Bool) throws -> FeatureSet {
    guard FileManager.default.fileExists(atPath: path) else { throw DataError.notFound(path) }
    let file = try NPZReader(path)
    var set = FeatureSet(name: name, path: path)
    set.features = try features(file)
    for kind in [ClassProbabilities.Kind.logits, .probabilities] where file.names.contains(kind.rawValue) {
      guard let matrix = try matrix(kind.rawValue, of: file) else { throw notAMatrix(path, kind.rawValue) }
      set.probabilities = set.probabilities ?? ClassProbabilities(matrix, kind: kind)
    }
    set.labels = try file.array("labels").map { try numbers($0, "\(path)/labels") }
    if file.names.contains("mu"), file.names.contains("sigma") { try readStatistics(file, into: &set) }
    guard set.features != nil || set.probabilities != nil || (isReference && set.statistics != nil) else {
      throw DataError.damaged(
        path,
        "it has no key features, logits or probabilities\(isReference ? ", nor mu and sigma" : "")"
          + ", and not one matrix of floats")
    }
    let counts = [set.features?.rows, set.probabilities?.count, set.labels?.count].compactMap { $0 }
    guard let count = counts.first ?? set.statistics.map({ _ in 1 }), counts.allSatisfy({ $0 == count }), count > 0
    else {
      throw DataError.damaged(
        path, "its arrays have different numbers of rows, or none: \(counts.map(String.init).joined(separator: ", "))")
    }
    return set
  }

  private static func features(_ file: NPZReader) throws -> (any FeatureSource)? {
    if file.names.contains("features") {
      guard let matrix = try matrix("features", of: file) else { throw notAMatrix(file.path, "features") }
      return matrix
    }
    // Another name, where there is one matrix of floats only.
    let others = file.names.filter { !known.contains($0) }
    let matrices = try others.compactMap { name -> (any FeatureSource)? in
      do { return try matrix(name, of: file) } catch is DataError { return nil }
    }
    return matrices.count == 1 ? matrices[0] : nil
  }

  /// A matrix of floats, left in the file where it is stored there as it is; nil for other arrays.
  private static func matrix(_ name: String, of file: NPZReader) throws -> (any FeatureSource)? {
    if let stored = try file.stored(name) { return StoredFeatures(stored) }
    guard let array = try file.array(name), array.shape.count == 2 else { return nil }
    if let values = array.float32 {
      return FeatureMatrix(rows: array.shape[0], columns: array.shape[1], values: values)
    }
    return array.float64.map { DoubleFeatures(rows: array.shape[0], columns: array.shape[1], values: $0) }
  }

  private static func notAMatrix(_ path: String, _ name: String) -> DataError {
    .damaged("\(path)/\(name)", "it is no matrix (images x numbers) of float32 or float64")
  }

  private static func numbers(_ array: NPYArray, _ title: String) throws -> [Int] {
    let values =
      array.int64.map { $0.map(Int.init) } ?? array.int32.map { $0.map(Int.init) }
      ?? array.uint8.map { $0.map(Int.init) }
    guard let values, array.shape.count == 1 else {
      throw DataError.damaged(title, "it is no list of whole numbers (uint8, int32 or int64)")
    }
    return values
  }

  /// Whether a matrix can be that of a covariance: symmetric up to rounding, with |σ_ij|² ≤ σ_ii σ_jj. That no direction
  /// has a negative variance costs an eigenvalue decomposition, and the metrics bear it.
  private static func isCovariance(_ values: [Double], columns: Int) -> Bool {
    let largest = values.reduce(0) { max($0, abs($1)) }
    let rounding = 1e-5 * largest
    for row in 0..<columns {
      let own = values[row * columns + row]
      guard own >= -rounding else { return false }
      for column in 0..<row {
        let (first, second) = (values[row * columns + column], values[column * columns + row])
        let other = values[column * columns + column]
        guard abs(first - second) <= rounding,
          abs(first) <= (max(own, 0) * max(other, 0)).squareRoot() + rounding
        else { return false }
      }
    }
    return true
  }

  private static func readStatistics(_ file: NPZReader, into set: inout FeatureSet) throws {
    func doubles(_ name: String) throws -> (values: [Double], shape: [Int]) {
      guard let array = try file.array(name),
        let values = array.float64 ?? array.float32.map({ $0.map(Double.init) }), values.allSatisfy(\.isFinite)
      else { throw DataError.damaged("\(file.path)/\(name)", "it is no array of finite floats") }
      return (values, array.shape)
    }
    let (mean, covariance) = (try doubles("mu"), try doubles("sigma"))
    guard mean.shape.count == 1, covariance.shape == [mean.shape[0], mean.shape[0]], mean.shape[0] > 0 else {
      throw DataError.damaged(file.path, "mu and sigma are no mean and covariance of the same features")
    }
    guard Self.isCovariance(covariance.values, columns: mean.shape[0]) else {
      throw DataError.damaged(
        "\(file.path)/sigma",
        "it is no covariance matrix: that is symmetric, and no two features vary together more than by "
          + "themselves")
    }
    let count = try file.array("count").flatMap { try numbers($0, "\(file.path)/count").first }
    set.statistics = FeatureStatistics(
      count: count.flatMap { $0 > 1 ? $0 : nil }, mean: mean.values, covariance: covariance.values)
    set.statisticsHash = try file.array("hash").flatMap(\.uint8).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Writes reference statistics as `mu` and `sigma`, as pytorch-fid and others read them, with the number of images and
  /// the hash of their features beside them.
  ///
  /// - Throws: `FileError`, `DataError`.
  package static func write(_ statistics: FeatureStatistics, hash: String, to path: String) throws {
    let columns = statistics.columns
    try NPZ.write(
      [
        ("mu", NPYArray(statistics.mean, shape: [columns])),
        ("sigma", NPYArray(statistics.covariance, shape: [columns, columns])),
        ("count", NPYArray([Int64(statistics.count ?? 0)], shape: [1])),
        ("hash", NPYArray(Array(hash.utf8), shape: [hash.utf8.count])),
      ], to: path)
  }

  /// The hash of features, which is the same for single and double precision of the same numbers.
  static func hash(_ inspection: FeatureInspection, columns: Int) -> String {
    var digest = Digest()
    digest.update(UInt64(columns))
    for row in inspection.rowHashes { digest.update(row) }
    return digest.hexadecimal()
  }
}
