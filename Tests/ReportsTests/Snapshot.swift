import Foundation
import Testing

/// Compares a page with the file of that name, without the style and the script that all pages share.
func expectPageSnapshot(_ page: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  var text = page
  for tag in ["style", "script"] {
    guard let start = text.firstRange(of: "<\(tag)>"), let end = text.firstRange(of: "</\(tag)>") else { continue }
    text.replaceSubrange(start.upperBound..<end.lowerBound, with: "…")
  }
  try expectSnapshot(text, name, sourceLocation: sourceLocation)
}

/// What pages have that neither the whole page nor an earlier one of them has: the head and the sections, but of those
/// of classes the title alone where a page before has had some.
func ownSections(of pages: [(name: String, text: String)], besides whole: String) -> String {
  var found = ""
  for page in pages {
    let hasClasses = found.contains("<section aria-labelledby=\"classes-")
    found += "<!-- \(page.name) -->\n"
    found += page.text.firstMatch(of: /<header>[\s\S]*?<\/header>\n/).map { String($0.output) } ?? ""
    for section in page.text.matches(of: /<section aria-labelledby="(.*)">\n(.*\n)[\s\S]*?<\/section>\n/) {
      let text = String(section.output.0)
      guard !whole.contains(text), !found.contains(text) else { continue }
      found += hasClasses && section.output.1.hasPrefix("classes-") ? String(section.output.2) : text
    }
  }
  return found
}

/// Compares a text with the file of that name in `Snapshots`, or writes the file where `CAS_UPDATE_SNAPSHOTS=1`.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
  if ProcessInfo.processInfo.environment["CAS_UPDATE_SNAPSHOTS"] == "1" {
    try Data(text.utf8).write(to: url)
    return
  }
  let expected = String(decoding: try Data(contentsOf: url), as: UTF8.self)
  guard text != expected else { return }
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let expectedLines = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let first = zip(lines, expectedLines).enumerated().first { $0.element.0 != $0.element.1 }
  Issue.record(
    """
    \(name) differs\(first.map { " in line \($0.offset + 1): \"\($0.element.0.prefix(200))\"" } ?? " in length"); \
    if that is meant, run the tests once with CAS_UPDATE_SNAPSHOTS=1
    """, sourceLocation: sourceLocation)
}
