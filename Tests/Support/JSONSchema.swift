package import Foundation

/// A check of a JSON document against a schema, for the keywords that our schemas use: type, enum, const, properties,
/// required, additionalProperties, items, minItems, maxItems, minimum, maximum, anyOf and references into `$defs`
/// (JSON Schema 2020-12). Any other keyword is an error, so that a schema cannot promise what nobody checks.
package struct JSONSchema {
  private let root: [String: Any]

  package init(contentsOf url: URL) throws {
    root = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
  }

  /// What is wrong, with the place in the document; empty where nothing is.
  package func violations(in document: Data) throws -> [String] {
    check(try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed), root, at: "$")
  }

  private static let annotations: Set<String> = ["$schema", "title", "description", "$defs"]

  private func check(_ value: Any, _ schema: [String: Any], at place: String) -> [String] {
    schema.sorted { $0.key < $1.key }.flatMap { keyword, rule -> [String] in
      func fail(_ holds: Bool, _ what: String) -> [String] { holds ? [] : ["\(place): \(what)"] }
      switch keyword {
      case _ where Self.annotations.contains(keyword): return []
      case "$ref":
        let name = (rule as? String)?.split(separator: "/").last.map(String.init) ?? ""
        guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
          return ["the schema has no definition \(name)"]
        }
        return check(value, target, at: place)
      case "type":
        let types = rule as? [String] ?? [rule as? String ?? ""]
        return fail(types.contains { Self.matches(value, $0) }, "is not of type \(types.joined(separator: " or "))")
      case "const": return fail((value as? NSObject) == (rule as? NSObject), "is not \(rule)")
      case "enum":
        return fail((rule as? [Any] ?? []).contains { ($0 as? NSObject) == (value as? NSObject) }, "is none of \(rule)")
      case "anyOf":
        let options = rule as? [[String: Any]] ?? []
        return fail(options.contains { check(value, $0, at: place).isEmpty }, "fits no alternative")
      case "required":
        guard let object = value as? [String: Any] else { return [] }
        return (rule as? [String] ?? []).flatMap { fail(object[$0] != nil, "lacks \($0)") }
      case "properties":
        guard let object = value as? [String: Any] else { return [] }
        return (rule as? [String: [String: Any]] ?? [:]).sorted { $0.key < $1.key }.flatMap { name, rule in
          object[name].map { check($0, rule, at: "\(place).\(name)") } ?? []
        }
      case "additionalProperties":
        guard let object = value as? [String: Any] else { return [] }
        let known = Set((schema["properties"] as? [String: Any] ?? [:]).keys)
        return object.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.flatMap { name, value in
          if let rule = rule as? [String: Any] { return check(value, rule, at: "\(place).\(name)") }
          return fail((rule as? Bool) != false, "has the unknown key \(name)")
        }
      case "items":
        guard let list = value as? [Any], let rule = rule as? [String: Any] else { return [] }
        return list.enumerated().flatMap { check($0.element, rule, at: "\(place)[\($0.offset)]") }
      case "minItems": return fail((value as? [Any]).map { $0.count >= rule as? Int ?? 0 } ?? true, "has too few items")
      case "maxItems":
        return fail((value as? [Any]).map { $0.count <= rule as? Int ?? 0 } ?? true, "has too many items")
      case "minimum":
        return fail((value as? Double).map { $0 >= (rule as? Double ?? -.infinity) } ?? true, "is below \(rule)")
      case "maximum":
        return fail((value as? Double).map { $0 <= (rule as? Double ?? .infinity) } ?? true, "is above \(rule)")
      default: return ["the schema uses \(keyword), which is not checked"]
      }
    }
  }

  private static func matches(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "object": return value is [String: Any]
    case "array": return value is [Any]
    case "string": return value is String
    case "null": return value is NSNull
    case "boolean": return isBoolean(value)
    case "number": return value is NSNumber && !isBoolean(value)
    case "integer": return !isBoolean(value) && (value as? Double).map { $0 == $0.rounded() } == true
    default: return false
    }
  }

  /// JSON's true and false, which are numbers to Foundation.
  private static func isBoolean(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" || String(cString: $0.objCType) == "B" } ?? false
  }
}
