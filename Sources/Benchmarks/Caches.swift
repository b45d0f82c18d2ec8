import Foundation

/// The sizes of the processor's shared caches, in bytes, as the system reports them.
package struct Caches: Codable, Equatable, Sendable {
  /// Of each core.
  package let second: Int
  /// Of all cores that this one shares it with.
  package let third: Int

  package init(second: Int, third: Int) {
    self.second = second
    self.third = third
  }
}

extension Caches {
  /// The sizes that Linux reports for the first processor; if it reports none, those of a common server.
  package init(folder: String = "/sys/devices/system/cpu/cpu0/cache") {
    var sizes: [Int: Int] = [:]
    for index in 0..<8 {
      func value(_ name: String) -> String {
        let text = try? String(contentsOfFile: "\(folder)/index\(index)/\(name)", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
      }
      guard value("type") != "Instruction", let level = Int(value("level")), let size = Self.bytes(value("size"))
      else { continue }
      sizes[level] = size
    }
    second = sizes[2] ?? 1 << 20
    third = max(sizes[3] ?? 32 << 20, second)
  }

  /// `1024K` or `32M` in bytes.
  static func bytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    guard let last = text.last, let shift = units[last], let number = Int(text.dropLast()), number > 0,
      number < 1 << 20
    else { return nil }
    return number << shift
  }
}
