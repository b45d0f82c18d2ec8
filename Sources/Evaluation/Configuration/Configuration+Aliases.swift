internal import Yams

// An alias (`*name`) stands for a copy of the node with that anchor (`&name`). Aliases of aliases of lists make a text of
// a few hundred bytes into more nodes than any memory holds (the "billion laughs"), so there is a bound to both.
extension Configuration {
  /// More aliases than any configuration has use for. With so many, composing stays cheap even where they are keys.
  private static let mostAliases = 32
  /// Nodes after every alias was replaced by what it stands for.
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

  /// The places where an alias can begin; some within quoted text may be none.
  private static func aliases(in yaml: String) -> Int {
    let bytes = Array(yaml.utf8)
    let before = Set(" \t\r\n[{,:?-".utf8)
    return bytes.indices.count { at in
      bytes[at] == UInt8(ascii: "*") && (at == 0 || before.contains(bytes[at - 1]))
        && at + 1 < bytes.count && bytes[at + 1] > UInt8(ascii: " ")
    }
  }

  /// Takes the nodes below this one off what is left; false once nothing is.
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
