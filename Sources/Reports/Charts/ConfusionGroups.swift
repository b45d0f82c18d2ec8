package import Metrics

/// What a confusion matrix too large for a picture comes to: its worst pairs, and groups of classes that are taken for
/// one another.
package struct ConfusionGroups: Equatable, Sendable {
  package struct Pair: Equatable, Sendable {
    package let label: Int
    package let predicted: Int
    package let count: Int
    /// Of the images of the true class.
    package let share: Double
  }

  package struct Group: Equatable, Sendable {
    /// In class order.
    package let members: [Int]
    /// Wrong predictions of the members' images that stay within the group, and all wrong ones.
    package let inside: Int
    package let wrong: Int
  }

  /// The most frequent first.
  package let pairs: [Pair]
  /// Those with the most confusion inside first.
  package let groups: [Group]

  /// - Parameters:
  ///   - mostMembers: no group is larger.
  package init(_ matrix: ConfusionMatrix, pairs limit: Int = 20, groups groupLimit: Int = 10, mostMembers: Int = 12) {
    let count = matrix.classNames.count
    var totals = [Int](repeating: 0, count: count)
    var wrong = [Int](repeating: 0, count: count)
    var found: [(label: Int, predicted: Int, count: Int)] = []
    for cell in matrix.cells {
      totals[cell.label] += cell.count
      if cell.label != cell.predicted {
        wrong[cell.label] += cell.count
        found.append((cell.label, cell.predicted, cell.count))
      }
    }
    found.sort { ($0.count, $1.label, $1.predicted) > ($1.count, $0.label, $0.predicted) }
    pairs = found.prefix(limit).map {
      Pair(
        label: $0.label, predicted: $0.predicted, count: $0.count, share: Double($0.count) / Double(totals[$0.label]))
    }
    // Pairs join their classes' groups in falling order, as long as these stay small.
    var group = Array(0..<count)
    var members = (0..<count).map { [$0] }
    for pair in found {
      let (first, second) = (group[pair.label], group[pair.predicted])
      guard first != second, members[first].count + members[second].count <= mostMembers,
        Double(pair.count) >= 0.02 * Double(totals[pair.label])
      else { continue }
      for member in members[second] { group[member] = first }
      members[first] += members[second]
      members[second] = []
    }
    var inside = [Int](repeating: 0, count: count)
    for pair in found where group[pair.label] == group[pair.predicted] { inside[group[pair.label]] += pair.count }
    groups = members.indices.filter { members[$0].count > 1 }
      .sorted { (inside[$0], $1) > (inside[$1], $0) }.prefix(groupLimit)
      .map { index in
        Group(
          members: members[index].sorted(), inside: inside[index], wrong: members[index].reduce(0) { $0 + wrong[$1] })
      }
  }
}
