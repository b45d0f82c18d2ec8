import Foundation

/// Text for LaTeX that any engine sets, in ASCII: special characters are escaped, accents are commands.
enum LaTeX {
  /// Defines what `escaped` uses beyond LaTeX itself: the first argument where the engine reads Unicode, else the second.
  static let preamble = "\\providecommand\\casname[2]{\\ifdefined\\Umathcode#1\\else#2\\fi}\n"

  /// The text with LaTeX's special characters escaped.
  ///
  /// pdfLaTeX stops at letters for which its fonts have no glyph. For it they are replaced by their code points; XeLaTeX and
  /// LuaLaTeX get the letters.
  static func escaped(_ text: String) -> String {
    let characters = text.map { (own: $0, written: written($0)) }
    guard characters.contains(where: { $0.written == nil }) else { return characters.compactMap(\.written).joined() }
    let letters = characters.map { $0.written ?? String($0.own) }.joined()
    let codes = characters.map { $0.written ?? codePoints($0.own) }.joined()
    return "\\casname{\(letters)}{\(codes)}"
  }

  /// What LaTeX reads as this character; nil where its standard fonts lack it.
  private static func written(_ character: Character) -> String? {
    if let known = special[character] { return known }
    if character.isASCII { return String(character) }
    let parts = Array(String(character).decomposedStringWithCanonicalMapping.unicodeScalars)
    guard parts.count == 2, parts[0].isASCII, parts[0].properties.isAlphabetic, let accent = accents[parts[1]] else {
      return nil
    }
    let letter = accent == "c" || !"ij".unicodeScalars.contains(parts[0]) ? String(parts[0]) : "\\\(parts[0])"
    return "\\\(accent){\(letter)}"
  }

  private static func codePoints(_ character: Character) -> String {
    character.unicodeScalars.map { "[" + String($0.value, radix: 16, uppercase: true) + "]" }.joined()
  }

  private static let special: [Character: String] = [
    "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_", "{": "\\{", "}": "\\}",
    "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}",
    "|": "\\textbar{}", "\"": "''", "–": "--", "—": "---", "−": "$-$", "…": "\\ldots{}", "\u{A0}": "~", "±": "$\\pm$",
    "×": "$\\times$", "·": "$\\cdot$", "÷": "$\\div$", "≤": "$\\leq$", "≥": "$\\geq$", "∞": "$\\infty$",
    "‘": "`", "’": "'", "“": "``", "”": "''", "ß": "\\ss{}", "æ": "\\ae{}", "Æ": "\\AE{}", "œ": "\\oe{}",
    "Œ": "\\OE{}", "ø": "\\o{}", "Ø": "\\O{}", "ł": "\\l{}", "Ł": "\\L{}", "ı": "\\i{}",
  ]

  private static let accents: [Unicode.Scalar: String] = [
    "\u{300}": "`", "\u{301}": "'", "\u{302}": "^", "\u{303}": "~", "\u{304}": "=", "\u{306}": "u", "\u{307}": ".",
    "\u{308}": "\"", "\u{30A}": "r", "\u{30B}": "H", "\u{30C}": "v", "\u{327}": "c",
  ]
}
