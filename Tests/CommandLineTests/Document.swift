import Foundation
import Testing

/// A JSON document that a command wrote, looked into by keys and indices.
struct Document {
  let value: Any?

  init(_ text: String) throws { value = try JSONSerialization.jsonObject(with: Data(text.utf8)) }

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
