internal import Datasets
import Foundation

extension NamedPath {
  /// Reads the values of `--synthetic` and of options like it: a NAME before the first `=` unless the whole is an existing path; without a
  /// name the path's last component is it.
  ///
  /// - Throws: `UsageError` for a name with other letters than `[A-Za-z0-9._-]`, `baseline`, or a name twice.
  package static func parse(
    _ values: [String], option: String = "--synthetic", exists: (String) -> Bool = Self.exists
  ) throws -> [NamedPath] {
    var result: [NamedPath] = []
    for value in values {
      var name: String?
      var path = value
      if !exists(value), let equals = value.firstIndex(of: "=") {
        name = String(value[..<equals])
        path = String(value[value.index(after: equals)...])
      }
      let chosen =
        name ?? (path == PipedInput.standardInput ? "stdin" : nil)
        ?? URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
      guard !path.isEmpty, name?.isEmpty != true else {
        throw UsageError.incompleteName(value, option: option)
      }
      guard !chosen.isEmpty, chosen.utf8.allSatisfy(isNameByte), chosen != ".", chosen != ".." else {
        throw UsageError.unusableName(chosen, path: path, option: option)
      }
      guard chosen.utf8.count <= longestName else {
        throw UsageError.longName(chosen, longest: longestName, option: option)
      }
      guard chosen != "baseline" else {
        throw UsageError.reservedName(path: path, option: option)
      }
      guard !result.contains(where: { $0.name == chosen }) else {
        throw UsageError.repeatedName(chosen, path: path, option: option)
      }
      result.append(NamedPath(name: chosen, path: absolute(path)))
    }
    return result
  }

  /// A model's file name holds the name, a study's suffix, the seed and the kind; file systems allow 255 bytes.
  private static let longestName = 160

  /// A path from the root. `-`, standard input, stays what it is.
  package static func absolute(_ path: String) -> String {
    path == PipedInput.standardInput
      ? path : URL(fileURLWithPath: path).standardizedFileURL.path(percentEncoded: false).trimmingSuffix("/")
  }

  package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) && count > suffix.count ? String(dropLast(suffix.count)) : self
  }
}
