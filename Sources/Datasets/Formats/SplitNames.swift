/// Names of folders, files, shards or arrays that say which is the training set and which the test set, in any case.
struct SplitNames {
  /// Where there are several of a kind, the first counts.
  static let trains = ["train", "training"]
  static let tests = ["test", "testing", "val", "validation", "valid", "eval", "evaluation", "dev"]

  /// The names that count, as they are spelled.
  let train: String
  let test: String
  /// Those that would count if the other name beside them were not there.
  private let unused: [(name: String, insteadOf: String)]

  /// Nil unless the names are those of a training and a test set, and of nothing else.
  init?(_ names: Set<String>) {
    let (trains, tests) = (Self.found(Self.trains, in: names), Self.found(Self.tests, in: names))
    guard let train = trains.first, let test = tests.first, trains.count + tests.count == names.count else {
      return nil
    }
    (self.train, self.test) = (train, test)
    unused = trains.dropFirst().map { ($0, train) } + tests.dropFirst().map { ($0, test) }
  }

  static func isSplit(_ name: some StringProtocol) -> Bool {
    // Longer than any name of the table, it need not be made small.
    guard name.utf8.count <= 10 else { return false }
    let name = name.lowercased()
    return trains.contains(name) || tests.contains(name)
  }

  /// Whether a training and a test set are among the names.
  static func mayBeSplits(_ names: Set<String>) -> Bool { SplitNames(names.filter(isSplit)) != nil }

  /// What to say about what is not used in a folder, an archive or an array file.
  func warnings(in path: String) -> [String] {
    unused.map { "\(path)/\($0.name) is not used, because there is \($0.insteadOf)." }
  }

  /// The names that are in the table, in its order.
  private static func found(_ table: [String], in names: Set<String>) -> [String] {
    table.flatMap { wanted in names.filter { $0.lowercased() == wanted }.sorted(by: NameOrder.bytes) }
  }
}
