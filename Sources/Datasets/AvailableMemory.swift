import Foundation

/// How much memory the system would give to this process now.
package enum AvailableMemory {
  /// Bytes that are free or can be freed (`MemAvailable`), lowered to what the process's control group leaves; half of
  /// all memory where the system does not say.
  package static var bytes: Int {
    let installed = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    func number(_ path: String) -> Int? {
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    var available = installed / 2
    let information = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    for line in information.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      available = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }?.times(1024) ?? available
    }
    if let limit = number("/sys/fs/cgroup/memory.max") {
      available = min(available, max(0, limit - (number("/sys/fs/cgroup/memory.current") ?? 0)))
    }
    return available
  }
}
