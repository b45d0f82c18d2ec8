package import Networks

/// What a user asked for that cannot be; the command line exits with 64.
package enum UsageError: Error, Equatable {
  case unknownPreset(String, known: [String])
  case unknownKey(String, file: String, nearest: String?)
  case wrongValue(key: String, value: String, expected: String)
  case unknownModel(String, nearest: String?)
  case message(String)
}

extension UsageError: CustomStringConvertible {
  package var description: String {
    func suggestion(_ nearest: String?) -> String { nearest.map { " Did you mean \($0)?" } ?? "" }
    return switch self {
    case .unknownPreset(let name, let known):
      "There is no preset \(name).\(suggestion(Spelling.nearest(to: name, in: known))) "
        + "The presets are \(known.joined(separator: ", "))."
    case .unknownKey(let key, let file, let nearest):
      "\(file) sets \(key), which is not a key of the configuration.\(suggestion(nearest))"
    case .wrongValue(let key, let value, let expected):
      "\(key) cannot be \(value.isEmpty ? "empty" : value); it takes \(expected)."
    case .unknownModel(let name, let nearest):
      "There is no model \(name).\(suggestion(nearest)) `cas describe --help` lists the models."
    case .message(let text): text
    }
  }
}

extension Architecture {
  /// - Throws: `UsageError.unknownModel` for a name that no architecture has.
  package static func named(_ name: String) throws -> Architecture {
    guard let architecture = Architecture(name: name) else {
      throw UsageError.unknownModel(name, nearest: Spelling.nearest(to: name, in: names))
    }
    return architecture
  }
}

/// The nearest right word to a wrong one.
package enum Spelling {
  /// The candidate with the smallest edit distance, unless it is more than half the word away.
  package static func nearest(to word: String, in candidates: [String]) -> String? {
    let distances = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.count / 2) else { return nil }
    return best.0
  }

  /// The edit distance of Levenshtein (1966).
  package static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first), Array(second))
    var row = Array(0...second.count)
    for (i, character) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in second.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (character == other ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[second.count]
  }
}
