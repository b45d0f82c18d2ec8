/// What the place that text is written to can show.
package struct TerminalStyle: Sendable, Equatable {
  /// Columns of a line.
  package let width: Int
  /// Whether colours may be used.
  package let color: Bool

  /// - Parameters:
  ///   - isTerminal: whether the output is a terminal; without one there are no control codes.
  ///   - columns: the terminal's width as the system gives it, nil if it gives none.
  ///   - environment: `COLUMNS` overrides the width, `NO_COLOR` (no-color.org) and `TERM=dumb` forbid colour.
  package init(isTerminal: Bool, columns: Int? = nil, environment: [String: String] = [:]) {
    let stated = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    width = min(max(stated ?? columns.flatMap { $0 > 0 ? $0 : nil } ?? 80, 40), 240)
    color = isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }
}

extension TerminalStyle {
  enum Emphasis: String {
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
  }

  /// The text in an emphasis, where colours may be used.
  func emphasised(_ text: String, _ emphasis: Emphasis) -> String {
    color && !text.isEmpty ? "\u{1B}[\(emphasis.rawValue)m\(text)\u{1B}[0m" : text
  }
}
