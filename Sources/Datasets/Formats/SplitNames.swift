/// Names of folders, files or shards that say which is the training set and which the test set.
struct SplitNames {
  static let train = "train"
  /// Those of a test set; where there are several, the first counts.
  static let tests = ["test", "val", "validation", "valid"]
  static let all = Set([train] + tests)

  /// The one that is the test set.
  let test: String
  /// Those that would be the test set if it were not there.
  let unused: [String]

  /// Nil where the names are not those of a training and a test set, and of nothing else.
  init?(_ names: Set<String>) {
    guard names.isSubset(of: Self.all), Self.mayBeSplits(names) else { return nil }
    let found = Self.tests.filter(names.contains)
    (test, unused) = (found[0], Array(found.dropFirst()))
  }

  /// Whether a training and a test set are among the names.
  static func mayBeSplits(_ names: Set<String>) -> Bool {
    names.contains(train) && tests.contains(where: names.contains)
  }

  /// What to say about what is not used in a folder or archive.
  func warnings(in path: String) -> [String] {
    unused.map { "\(path)/\($0) is not used, because there is a folder named \(test)." }
  }
}
