internal import Datasets

extension UsageError {
  /// A name that no result has as its key, with the keys that there are.
  ///
  /// - Parameter place: the run, or the runs.
  static func unknownResult(_ name: String, at place: String, known: [String]) -> UsageError {
    let keys = known.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    // Whoever names the set alone means one of its results.
    let nearest =
      keys.first { $0.hasPrefix("\(name)+") || $0.hasPrefix("\(name)@") } ?? Spelling.nearest(to: name, in: keys)
    let shown = keys.prefix(20).joined(separator: ", ") + (keys.count > 20 ? " and \(keys.count - 20) more" : "")
    return .message(
      "\(place) has no result \(name).\(nearest.map { " Did you mean \($0)?" } ?? "") The results are \(shown).")
  }
}
