import Foundation

/// The limits that Linux sets on a group of processes, such as a container, in either version of control groups.
package enum ControlGroup {
  /// Where a group's limits are told.
  package struct Folder: Sendable {
    package let path: String
    /// Whether it is of the first version, whose files have other names.
    package let isLegacy: Bool

    package func text(_ name: String) -> String { ControlGroup.text("\(path)/\(name)") }

    package func number(_ name: String) -> Int? {
      Int(text(name).trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  /// The folders of this process's group and of those around it. In a container a group's path may be the host's, and its
  /// own files lie at the mount, which is always the last.
  ///
  /// - Parameters:
  ///   - controller: `memory` or `cpu`.
  ///   - root: where the system's `/proc` and `/sys` lie; the default is the system's own.
  package static func folders(of controller: String, under root: String = "") -> [Folder] {
    let groups = text("\(root)/proc/self/cgroup").split(separator: "\n")
    return (groups.isEmpty ? ["0::/"] : groups).flatMap { line -> [Folder] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isLegacy = !fields[1].isEmpty
      guard !isLegacy || fields[1].split(separator: ",").contains(where: { $0 == controller }) else { return [] }
      let mount = "\(root)/sys/fs/cgroup" + (isLegacy ? "/\(controller)" : "")
      let parts = fields[2].split(separator: "/").map(String.init)
      return (0...parts.count).reversed().map { count in
        Folder(path: ([mount] + parts.prefix(count)).joined(separator: "/"), isLegacy: isLegacy)
      }
    }
  }

  /// The processors that the group is granted, which may be a fraction; nil without a quota.
  package static func processors(under root: String = "") -> Double? {
    folders(of: "cpu", under: root).compactMap { folder -> Double? in
      let words =
        folder.isLegacy
        ? [folder.text("cpu.cfs_quota_us"), folder.text("cpu.cfs_period_us")]
        : folder.text("cpu.max").split(whereSeparator: \.isWhitespace).map(String.init)
      // "max 100000", or -1 in the first version, is no limit.
      let numbers = words.compactMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return nil }
      return numbers[0] / numbers[1]
    }.min()
  }

  fileprivate static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
