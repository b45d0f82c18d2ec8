/// Names of folders, files or shards that say which is the training set and which the test set.
struct SplitNames {
  static let train = "train"
  /// Names of a test set; if there are several, the first one counts.
  static let tests = ["test", "val", "validation", "valid"]
  static let all = Set([train] + tests)

  /// The name of the test set.
  let test: String
  /// Other names of test sets, which are not used.
  let unused: [String]

  /// Nil unless the names are those of a training and a test set, and of nothing else.
  init?(_ names: Set<String>) {
    guard names.isSubset(of: Self.all), Self.mayBeSplits(names) else { return nil }
    let found = Self.tests.filter(names.contains)
    (test, unused) = (found[0], Array(found.dropFirst()))
  }

  /// Whether a training and a test set are among the names.
  static func mayBeSplits(_ names: Set<String>) -> Bool {
    names.contains(train) && tests.contains(where: names.contains)
  }

  /// The warning about names that are not used in a folder or archive.
  func warnings(in path: String) -> [String] {
    unused.map { "\(path)/\($0) is not used, because there is a folder named \(test)." }
  }
}
