import Foundation

/// How much memory the system would give to this process now.
package enum AvailableMemory {
  /// Bytes that are free or can be freed (`MemAvailable`), lowered to what the process's control groups leave, of either
  /// version; half of all memory where the system does not say.
  package static var bytes: Int { bytes(under: "") }

  /// The same of a system whose `/proc` and `/sys` lie in a folder.
  package static func bytes(under root: String) -> Int {
    var available = Int(clamping: ProcessInfo.processInfo.physicalMemory) / 2
    for line in text("\(root)/proc/meminfo").split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      available = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }?.times(1024) ?? available
    }
    let groups = text("\(root)/proc/self/cgroup").split(separator: "\n")
    for line in groups.isEmpty ? ["0::/"] : groups {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[1].isEmpty {
        available = min(available, left(ofGroup: fields[2], Files(mount: "\(root)/sys/fs/cgroup")))
      } else if fields[1].split(separator: ",").contains("memory") {
        available = min(available, left(ofGroup: fields[2], Files(legacyMount: "\(root)/sys/fs/cgroup/memory")))
      }
    }
    return available
  }
}

extension AvailableMemory {
  /// Where the two versions of control groups say what they allow.
  private struct Files {
    let mount: String
    let limit: String
    let used: String
    /// Of `memory.stat`: what of the used memory is given back on demand.
    let reclaimable: Set<Substring>

    init(mount: String) {
      self.mount = mount
      (limit, used) = ("memory.max", "memory.current")
      reclaimable = ["inactive_file", "slab_reclaimable"]
    }

    init(legacyMount mount: String) {
      self.mount = mount
      (limit, used) = ("memory.limit_in_bytes", "memory.usage_in_bytes")
      reclaimable = ["total_inactive_file"]
    }
  }

  /// What a group and those around it leave. In a container the path may be the host's, and the group's own files lie at
  /// the mount.
  private static func left(ofGroup path: Substring, _ files: Files) -> Int {
    var parts = path.split(separator: "/")
    var least = Int.max
    while true {
      let folder = ([files.mount] + parts.map(String.init)).joined(separator: "/")
      if let limit = number("\(folder)/\(files.limit)") {
        let freed = text("\(folder)/memory.stat").split(separator: "\n").reduce(0) { sum, line in
          let fields = line.split(separator: " ")
          guard fields.count == 2, files.reclaimable.contains(fields[0]) else { return sum }
          return sum + (Int(fields[1]) ?? 0)
        }
        let used = max(0, (number("\(folder)/\(files.used)") ?? 0) - freed)
        least = min(least, max(0, limit - used))
      }
      guard parts.popLast() != nil else { return least }
    }
  }

  private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  private static func number(_ path: String) -> Int? {
    Int(text(path).trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
