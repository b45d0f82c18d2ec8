import Foundation
import Support
import Testing

/// A JSON document that a command wrote, looked into by keys and indices.
struct Document {
  let value: Any?

  init(_ text: String) throws { value = try JSONSerialization.jsonObject(with: Data(text.utf8)) }

  /// A document that must fit the schema of this name in docs/schema.
  init(_ text: String, schema: String) throws {
    try self.init(text)
    let url = URL(filePath: #filePath).appending(path: "../../../docs/schema/\(schema).schema.json").standardizedFileURL
    #expect(try JSONSchema(contentsOf: url).violations(in: Data(text.utf8)).isEmpty)
  }

  private init(value: Any?) { self.value = value }

  subscript(key: String) -> Document { Document(value: (value as? [String: Any])?[key]) }
  subscript(index: Int) -> Document { Document(value: list.indices.contains(index) ? list[index].value : nil) }

  var list: [Document] { ((value as? [Any]) ?? []).map { Document(value: $0) } }
  var number: Double? { (value as? NSNumber)?.doubleValue }
  var text: String? { value as? String }
  var isNull: Bool { value is NSNull }

  /// The entry of a list in which `key` is `text`, and `other` is `value` where that is asked for.
  func entry(_ key: String, _ text: String, _ other: String? = nil, _ value: String? = nil) -> Document {
    list.first { $0[key].text == text && (other == nil || $0[other ?? ""].text == value) } ?? Document(value: nil)
  }
}
