internal import Datasets
internal import Yams

// The augmentation is a list; a mapping over it, as in `--set training.augmentation.flip=false`, changes single entries.
extension Configuration {
  /// Applies a mapping to the list: a name with `false` or 0 is removed; any other value replaces the entry of that name,
  /// or is inserted at its usual place.
  static func changed(_ list: Node, by changes: Node.Mapping, path: [String], source: String) throws -> Node {
    var augmentation: Augmentation
    do {
      augmentation = try YAMLDecoder().decode(Augmentation.self, from: try Yams.serialize(node: list))
    } catch {
      augmentation = .none
    }
    for (key, value) in changes {
      let name = key.string ?? ""
      guard Augmentation.names.contains(name) else {
        throw UsageError.unknownKey(
          (path + [name]).joined(separator: "."), file: source,
          nearest: Spelling.nearest(to: name, in: Augmentation.names).map { (path + [$0]).joined(separator: ".") })
      }
      if value.bool == false || value.float == 0 {
        augmentation.set(name, to: nil)
        continue
      }
      let item = value.bool == true ? Node([key]) : Node([Node([(key, value)])])
      guard
        let single = try? YAMLDecoder().decode(Augmentation.self, from: try Yams.serialize(node: item)).operations.first
      else {
        throw UsageError.wrongValue(
          key: (path + [name]).joined(separator: "."), value: value.string ?? "that", expected: "a parameter of \(name)"
        )
      }
      augmentation.set(name, to: single)
    }
    return try ExactYAML.node(of: augmentation)
  }
}
