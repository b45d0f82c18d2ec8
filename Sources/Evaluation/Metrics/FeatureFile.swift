internal import Datasets
internal import Foundation
package import Metrics

/// Features, a classifier's output, classes and reference statistics in NumPy's `.npz` format.
///
/// Keys: `features` (or the only matrix of numbers under a name that means nothing else), `logits` or `probabilities` (images x classes), `labels` (a number for
/// each image), `class_names` (the classes of these, UTF-8 bytes of a JSON list), `mu` and `sigma` with `count` and
/// `hash` if this program wrote them. Other keys are ignored.
package enum FeatureFile {
  private static let known: Set<String> = [
    "features", "logits", "probabilities", "labels", "class_names", "mu", "sigma", "count", "hash",
    // Statistics of other features, in guided-diffusion's reference batches.
    "mu_s", "sigma_s",
  ]

  /// - Parameter isReference: whether statistics alone are enough.
  /// - Throws: `DataError`, `FileError`.
  package static func read(_ path: String, name: String, isReference: Bool) throws -> FeatureSet {
    guard FileManager.default.fileExists(atPath: path) else { throw DataError.notFound(path) }
    guard
      try !InputFile(path).bytes(at: 0, count: 6).starts(
        with: Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }))
    else {
      throw DataError.damaged(path, "it is a single array; write it with numpy.savez(path, features=array)")
    }
    let file = try NPZReader(path)
    var set = FeatureSet(name: name, path: path)
    set.features = try features(file)
    for kind in [ClassProbabilities.Kind.logits, .probabilities] where file.names.contains(kind.rawValue) {
      guard let matrix = try matrix(kind.rawValue, of: file) else { throw notAMatrix(path, kind.rawValue) }
      set.probabilities = set.probabilities ?? ClassProbabilities(matrix, kind: kind)
    }
    set.labels = try integers("labels", of: file)
    set.classNames = try classNames(of: file, labels: set.labels)
    if file.names.contains("mu"), file.names.contains("sigma") { try readStatistics(file, into: &set) }
    guard set.features != nil || set.probabilities != nil || (isReference && set.statistics != nil) else {
      throw DataError.damaged(
        path,
        "it has no key features, logits or probabilities\(isReference ? ", nor mu and sigma" : "")"
          + ", and not one matrix of numbers: \(try contents(of: file))")
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
    // Another name, if there is only one numeric matrix.
    let matrices = try file.names.filter { try !known.contains($0) && file.form($0)?.shape.count == 2 }
    return matrices.count == 1 ? try matrix(matrices[0], of: file) : nil
  }

  /// A numeric matrix, which stays in the file if it is stored there uncompressed; nil for other arrays.
  private static func matrix(_ name: String, of file: NPZReader) throws -> (any FeatureSource)? {
    guard let form = try file.form(name), form.shape.count == 2, form.type != "bool" else { return nil }
    if let stored = try file.stored(name), let features = StoredFeatures(stored) { return features }
    let (rows, columns) = (form.shape[0], form.shape[1])
    // Integers that single precision represents exactly.
    if ["float32", "float16", "uint8", "int8", "uint16", "int16"].contains(form.type) {
      guard let values = try file.numbers(name, as: { Float($0) })?.values else { return nil }
      return FeatureMatrix(rows: rows, columns: columns, values: values)
    }
    return try file.numbers(name, as: { $0 }).map {
      DoubleFeatures(rows: rows, columns: columns, values: $0.values)
    }
  }

  private static func notAMatrix(_ path: String, _ name: String) -> DataError {
    .damaged("\(path)/\(name)", "it is no matrix (images x numbers) of integers or floats")
  }

  /// The arrays of a file, for an error: "a float32 10x4".
  private static func contents(of file: NPZReader) throws -> String {
    let arrays = try file.names.map { name in
      try file.form(name).map { "\(name) \($0.type) \($0.shape.map(String.init).joined(separator: "x"))" } ?? name
    }
    return arrays.isEmpty ? "it is empty" : "it holds \(arrays.capped())"
  }

  /// A list of integers of any type.
  private static func integers(_ name: String, of file: NPZReader) throws -> [Int]? {
    guard file.names.contains(name) else { return nil }
    let title = "\(file.path)/\(name)"
    let wrong = DataError.damaged(title, "it is no list of whole numbers")
    guard try file.form(name) != nil, let array = try file.numbers(name, as: { $0 }), array.shape.count <= 1 else {
      throw wrong
    }
    return try array.values.map {
      guard let value = Int(exactly: $0) else { throw wrong }
      return value
    }
  }

  private static func classNames(of file: NPZReader, labels: [Int]?) throws -> [String]? {
    // NumPy's arrays of text are ignored, like other keys.
    guard let labels, try file.form("class_names")?.type == "uint8" else { return nil }
    let title = "\(file.path)/class_names"
    guard let bytes = try file.array("class_names")?.uint8,
      let names = try? JSONDecoder().decode([String].self, from: Data(bytes)), Set(names).count == names.count
    else { throw DataError.damaged(title, "it is no list of different names, in JSON, as bytes of UTF-8") }
    if let index = labels.firstIndex(where: { !names.indices.contains($0) }) {
      throw DataError.labelOutOfRange(file.path, index: index, label: labels[index], classes: names.count)
    }
    return names
  }

  /// Writes a network's output for images: features, labels, class names, and logits if there are any.
  ///
  /// - Throws: `FileError`, `DataError`.
  static func write(
    _ features: FeatureMatrix, logits: FeatureMatrix?, labels: [Int32], classNames: [String], to path: String
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let names = Array(try encoder.encode(classNames))
    var arrays = [
      (name: "features", array: NPYArray(features.values, shape: [features.rows, features.columns])),
      (name: "labels", array: NPYArray(labels, shape: [labels.count])),
    ]
    // Numbers are no names; another set's names may replace them.
    if classNames != classNames.indices.map(String.init) {
      arrays.append((name: "class_names", array: NPYArray(names, shape: [names.count])))
    }
    if let logits {
      arrays.append((name: "logits", array: NPYArray(logits.values, shape: [logits.rows, logits.columns])))
    }
    try NPZ.write(arrays, to: path)
  }

  /// Whether a matrix can be that of a covariance: symmetric up to rounding, with |σ_ij|² ≤ σ_ii σ_jj. Negative
  /// variances in other directions would need an eigenvalue decomposition to find, and the metrics tolerate them.
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
      guard try file.form(name) != nil, let array = try file.numbers(name, as: { $0 }),
        array.values.allSatisfy(\.isFinite)
      else { throw DataError.damaged("\(file.path)/\(name)", "it is no array of finite numbers") }
      return (array.values, array.shape)
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
    let count = try integers("count", of: file)?.first
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

  /// The hash of features; equal for single and double precision of the same numbers.
  static func hash(_ inspection: FeatureInspection, columns: Int) -> String {
    var digest = Digest()
    digest.update(UInt64(columns))
    for row in inspection.rowHashes { digest.update(row) }
    return digest.hexadecimal()
  }
}
