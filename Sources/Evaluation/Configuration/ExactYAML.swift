import Foundation
internal import Reports
internal import Yams

/// Settings as YAML whose numbers read back exactly. The encoder alone writes 15 digits, too few for 4/3, and 10 as
/// `1e+1`.
enum ExactYAML {
  static func text(of value: some Encodable) throws -> String { try Yams.serialize(node: node(of: value)) }

  static func node(of value: some Encodable) throws -> Node {
    let rounded = try Yams.compose(yaml: try YAMLEncoder().encode(value)) ?? Node("")
    return exact(rounded, try JSONValue(encoding: value))
  }

  /// The node with numbers in their shortest exact form. The encoder writes all non-integers in scientific notation.
  private static func exact(_ node: Node, _ value: JSONValue) -> Node {
    switch (node, value) {
    case (.mapping(var mapping), .object(let fields)):
      for (key, old) in mapping {
        if let name = key.string, let field = fields[name] { mapping[key] = exact(old, field) }
      }
      return .mapping(mapping)
    case (.sequence(var sequence), .array(let elements)) where sequence.count == elements.count:
      for (index, element) in elements.enumerated() { sequence[index] = exact(sequence[index], element) }
      return .sequence(sequence)
    case (.scalar(let scalar), .integer(let number)) where scalar.string.contains("e"): return Node(String(number))
    case (.scalar(let scalar), .number(let number)) where scalar.string.contains("e"): return Node(String(number))
    default: return node
    }
  }
}
