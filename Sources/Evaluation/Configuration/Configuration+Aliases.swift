internal import Yams

// An alias (`*name`) stands for a copy of the node with that anchor (`&name`). Nested aliases can expand a few hundred bytes
// to more nodes than fit into memory ("billion laughs"), so both are bounded.
extension Configuration {
  /// More aliases than any configuration needs. With so many, composing stays cheap even if they are keys.
  private static let mostAliases = 32
  /// The maximum number of nodes after expanding every alias.
  private static let mostNodes = 10_000

  /// The nodes of a YAML text; `source` names it in errors.
  ///
  /// - Throws: `YamlError`, and `UsageError` where its aliases expand beyond the bounds.
  static func composed(_ yaml: String, source: String) throws -> Node? {
    let aliases = aliases(in: yaml)
    let isBounded = aliases <= mostAliases
    guard isBounded, let node = try Yams.compose(yaml: yaml) else {
      if isBounded { return nil }
      throw UsageError.manyAliases(source, aliases: aliases, most: mostAliases)
    }
    var left = mostNodes
    guard aliases == 0 || spend(&left, on: node) else {
      throw UsageError.expandingAliases(source, most: mostNodes)
    }
    return node
  }

  /// The number of places where an alias can begin; some in quoted text may be none.
  private static func aliases(in yaml: String) -> Int {
    let bytes = Array(yaml.utf8)
    let before = Set(" \t\r\n[{,:?-".utf8)
    return bytes.indices.count { at in
      bytes[at] == UInt8(ascii: "*") && (at == 0 || before.contains(bytes[at - 1]))
        && at + 1 < bytes.count && bytes[at + 1] > UInt8(ascii: " ")
    }
  }

  /// Subtracts the nodes below this one from the budget; false once it is spent.
  private static func spend(_ left: inout Int, on node: Node) -> Bool {
    left -= 1
    guard left >= 0 else { return false }
    switch node {
    case .sequence(let sequence): return sequence.allSatisfy { spend(&left, on: $0) }
    case .mapping(let mapping): return mapping.allSatisfy { spend(&left, on: $0.key) && spend(&left, on: $0.value) }
    case .scalar, .alias: return true
    }
  }
}
