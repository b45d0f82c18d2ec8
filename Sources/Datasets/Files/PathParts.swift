/// A path cut at its last slash. (Foundation's `deletingLastPathComponent` ends the program for names of one character.)
package struct PathParts: Equatable, Sendable {
  /// "." if there is no slash, "/" at the root.
  package let folder: String
  /// Without trailing slashes.
  package let name: String

  package init(_ path: String) {
    var text = path[...]
    while text.count > 1, text.hasSuffix("/") { text.removeLast() }
    guard let slash = text.lastIndex(of: "/") else {
      (folder, name) = (".", String(text))
      return
    }
    var above = text[..<slash]
    while above.hasSuffix("/") { above.removeLast() }
    folder = above.isEmpty ? "/" : String(above)
    name = String(text[text.index(after: slash)...])
  }
}
