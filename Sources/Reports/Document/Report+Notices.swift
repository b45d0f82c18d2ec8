extension Report {
  /// Everything odd about the data, each sentence once.
  var notices: [String] {
    (data.notices + (warnings ?? []).map(\.printable)).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension DataSection {
  /// The warnings of all sets and the classes that they lack, each with the set that it is about.
  fileprivate var notices: [String] {
    var notices = Self.notices("real test images", real.test, consequence: "so they have no score")
    if let train = real.train {
      notices += Self.notices("real training images", train, consequence: "so the baseline scores 0 there")
    }
    for (name, entry) in synthetic.sorted(by: { $0.key < $1.key }) {
      notices += Self.notices(name.printable, entry, consequence: "so it scores 0 there")
    }
    return notices
  }

  private static func notices(_ name: String, _ entry: DataEntry, consequence: String) -> [String] {
    let missing = entry.missingClasses.map(\.printable).joined(separator: ", ")
    return (missing.isEmpty ? [] : ["\(name): no images of \(missing), \(consequence)"])
      + entry.warnings.map { "\(name): \($0.printable)" }
  }
}
