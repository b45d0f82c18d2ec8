import Foundation
import Reports
import Support
import Testing

/// The documents that are written against the schemas in docs/schema.
@Suite struct SchemaTests {
  private func schema(_ name: String) throws -> JSONSchema {
    let url = URL(fileURLWithPath: #filePath).appending(path: "../../../docs/schema/\(name).schema.json")
    return try JSONSchema(contentsOf: url.standardizedFileURL)
  }

  @Test func reportsFitTheirSchema() throws {
    let schema = try schema("report")
    for report in [Example.single, Example.several, Example.naive, Example.augmented, Example.curve, Example.sweep] {
      #expect(try schema.violations(in: report.json()).isEmpty)
    }
    #expect(try schema.violations(in: Example.report([]).json()).isEmpty)
  }

  @Test func comparisonsFitTheirSchema() throws {
    #expect(try schema("comparison").violations(in: Example.comparison.json()).isEmpty)
  }

  /// What must not pass: a schema that takes anything is none.
  @Test(arguments: [
    ("\"kind\" : \"cas\"", "\"kind\" : \"fid\""), ("\"schemaVersion\" : 1", "\"schemaVersion\" : 2"),
    ("\"support\" : ", "\"supports\" : "), ("\"cached\" : false", "\"cached\" : 0"),
    ("\"value\" : 0.", "\"value\" : 3."),
    ("\"steps\" : 1410", "\"steps\" : 14.5"), ("\"classes\" : 7", "\"classes\" : null"),
  ])
  func whatIsWrongIsFound(right: String, wrong: String) throws {
    let text = String(decoding: try Example.single.json(), as: UTF8.self)
    let broken = text.replacing(right, with: wrong, maxReplacements: 1)
    #expect(broken != text, "\(right) is not in the report")
    #expect(try !schema("report").violations(in: Data(broken.utf8)).isEmpty, "\(wrong)")
  }
}
