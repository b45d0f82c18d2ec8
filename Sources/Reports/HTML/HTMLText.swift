extension String {
  /// The text for use between tags and in quoted attributes, without invisible control characters.
  var htmlEscaped: String {
    var escaped = ""
    for character in printable.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}

/// A piece of HTML that is safe to put into a page: made of literals, and of texts that are escaped on the way in.
package struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
  package private(set) var text: String

  package init(stringLiteral value: String) { text = value }

  package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

    package mutating func appendLiteral(_ literal: String) { text += literal }
    package mutating func appendInterpolation(_ value: String) { text += value.htmlEscaped }
    /// A name that may break after its signs, and only if there is none in the middle of a word.
    package mutating func appendInterpolation(breakable name: String) {
      for character in name {
        text += String(character).htmlEscaped
        if "+@-_/".contains(character) { text += "<wbr>" }
      }
    }
    package mutating func appendInterpolation(_ value: Int) { text += String(value) }
    package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
    package mutating func appendInterpolation(_ markups: [Markup]) { for markup in markups { text += markup.text } }
  }
}
