extension Character {
  /// The columns that a terminal gives the character: 2 for East Asian wide forms and emoji, 0 for lone marks, otherwise 1.
  ///
  /// The ranges are the blocks that Unicode Standard Annex 11 lists as wide or full-width, coarsened to whole blocks.
  var columns: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    if scalar.properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

extension StringProtocol {
  /// The columns that a terminal gives the text.
  var columns: Int { reduce(0) { $0 + $1.columns } }

  /// The text in at most `width` columns, with "…" in place of what was cut.
  func truncated(to width: Int) -> String {
    guard columns > width else { return String(self) }
    guard width > 0 else { return "" }
    var kept = ""
    var used = 1
    for character in self {
      guard used + character.columns <= width else { break }
      kept.append(character)
      used += character.columns
    }
    return kept + "…"
  }

  /// The text in at most `width` columns, with "…" in place of its middle: names of one study differ at their ends.
  func shortened(to width: Int) -> String {
    guard columns > width, width > 2 else { return truncated(to: width) }
    let tail = (width - 1) / 2
    var end = ""
    for character in reversed() {
      guard end.columns + character.columns <= tail else { break }
      end = String(character) + end
    }
    return String(truncated(to: width - end.columns)) + end
  }

  /// A list with commas in at most `width` columns: its first entries, and "…" for the others where that fits, too. Of an
  /// entry that does not fit alone the name is shortened, and the share after it is whole.
  func listShortened(to width: Int) -> String {
    guard columns > width else { return String(self) }
    let entries = split(separator: ", ", omittingEmptySubsequences: false).map { String($0) }
    var kept = ""
    for entry in entries {
      let candidate = kept.isEmpty ? entry : "\(kept), \(entry)"
      guard candidate.columns + 3 <= width else { break }
      kept = candidate
    }
    guard kept.isEmpty else { return kept + ", …" }
    guard entries[0].columns > width else { return entries[0] }
    var share = ""
    if let found = entries[0].firstRange(of: /\u{A0}(?:<\u{A0})?[0-9]+\u{A0}%$/) { share = String(entries[0][found]) }
    let room = width - share.columns
    return room > 2 ? entries[0].dropLast(share.count).shortened(to: room) + share : "…"
  }

  /// The text cut or filled with spaces to exactly `width` columns.
  func padded(to width: Int, atStart: Bool = false) -> String {
    let text = truncated(to: width)
    let spaces = String(repeating: " ", count: Swift.max(width - text.columns, 0))
    return atStart ? spaces + text : text + spaces
  }

  /// The text in lines of at most `width` columns, broken at spaces, all but the first one indented.
  func wrapped(to width: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    let margin = String(repeating: " ", count: indent)
    for word in split(separator: " ") {
      let candidate = line.isEmpty ? (lines.isEmpty ? "" : margin) + word : line + " " + word
      if candidate.columns <= width || line.isEmpty {
        line = candidate
      } else {
        lines.append(line)
        line = margin + word
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
