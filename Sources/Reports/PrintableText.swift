extension String {
  /// The text with a replacement character for each control, line-break or invisible formatting character, so that a
  /// name from a file can neither steer a terminal nor turn the direction of what follows.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .format where scalar == "\u{200D}": scalar
          case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "\u{FFFD}"
          default: scalar
          }
        }))
  }

  /// The same of each of its lines, which stay apart.
  package var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
  }
}
