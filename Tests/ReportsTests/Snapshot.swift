import Foundation
import Testing

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
