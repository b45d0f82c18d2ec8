/// A file of class names, one a line: line i names the class with the number i.
package enum ClassNames {
  /// The names in the file given with `--class-names`. Throws `FileError`, or `DataError.classNames` if a line is
  /// blank or a name occurs twice.
  package static func read(_ path: String) throws -> [String] { try checked(try lines(of: path), path: path) }

  /// The lines without the spaces around them and without blank lines at the end.
  static func lines(of path: String) throws -> [String] {
    guard let text = String(validating: try InputFile.contents(of: path), as: UTF8.self) else {
      throw DataError.classNames(path, .notText)
    }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
      String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
    if lines.first?.hasPrefix("\u{FEFF}") == true { lines[0].removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  static func checked(_ lines: [String], path: String) throws -> [String] {
    var found: [String: Int] = [:]
    for (number, name) in lines.enumerated() {
      guard !name.isEmpty else { throw DataError.classNames(path, .blankLine(number + 1)) }
      if let first = found.updateValue(number + 1, forKey: name) {
        throw DataError.classNames(path, .duplicate(name, first, number + 1))
      }
    }
    return lines
  }
}
