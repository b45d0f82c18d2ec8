import Foundation
import Kernels

/// The memory that the system can give to this process.
package enum AvailableMemory {
  /// Bytes that are free or can be freed (`MemAvailable`), limited by the process's control groups; half of all memory if
  /// the system does not say.
  package static var bytes: Int { bytes(under: "") }

  /// Bytes of the machine, limited by the control groups.
  package static var total: Int { limits(under: "").reduce(installed) { min($0, $1.limit) } }

  /// The bytes of a system whose `/proc` and `/sys` lie in a folder.
  package static func bytes(under root: String) -> Int {
    let information = (try? String(contentsOfFile: "\(root)/proc/meminfo", encoding: .utf8)) ?? ""
    let line = information.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return limits(under: root).reduce(kibibytes?.times(1024) ?? installed / 2) { least, group in
      min(least, max(0, group.limit - group.used))
    }
  }

  private static var installed: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }

  /// The limit of each group, and how much of it is used and cannot be reclaimed.
  private static func limits(under root: String) -> [(limit: Int, used: Int)] {
    ControlGroup.folders(of: "memory", under: root).compactMap { folder in
      guard let limit = folder.number(folder.isLegacy ? "memory.limit_in_bytes" : "memory.max") else { return nil }
      let used = folder.number(folder.isLegacy ? "memory.usage_in_bytes" : "memory.current") ?? 0
      let reclaimable: Set<Substring> =
        folder.isLegacy ? ["total_inactive_file"] : ["inactive_file", "slab_reclaimable"]
      let freed = folder.text("memory.stat").split(separator: "\n").reduce(0) { sum, line in
        let fields = line.split(separator: " ")
        guard fields.count == 2, reclaimable.contains(fields[0]) else { return sum }
        return sum + (Int(fields[1]) ?? 0)
      }
      return (limit, max(0, used - freed))
    }
  }
}
