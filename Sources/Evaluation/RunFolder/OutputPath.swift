internal import Datasets
import Foundation

/// Looks at the place of a result before the work that leads to it.
package enum OutputPath {
  /// Checks that a file can be written at `path`, as far as that can be known before, and that none of what the command
  /// reads is there.
  ///
  /// - Parameters:
  ///   - datasets: in none of these may the file lie, as what is written there would be data the next time. Hidden folders
  ///     are not read, and may hold it.
  ///   - reads: files that must not be replaced.
  /// - Throws: `FileError`, `UsageError`.
  package static func check(_ path: String, outside datasets: [String] = [], reads: [String] = []) throws {
    let folder = PathParts(path).folder
    var status = stat()
    guard stat(folder, &status) == 0 else { throw FileError(.create, path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.create, path, code: ENOTDIR) }
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { throw FileError(.create, path, code: EISDIR) }
    guard access(folder, W_OK | X_OK) == 0 else { throw FileError(.create, path, code: errno) }
    try checkPlace(path, outside: datasets, reads: reads)
  }

  /// The same of the place alone, for a folder that is not there yet.
  ///
  /// - Throws: `UsageError`.
  package static func checkPlace(_ path: String, outside datasets: [String], reads: [String] = []) throws {
    let place = resolved(path)
    for input in datasets + reads where resolved(input) == place {
      throw UsageError.replacesInput(path)
    }
    for input in datasets {
      let root = resolved(input)
      guard place.starts(with: root), !place.dropFirst(root.count).contains(where: { $0.hasPrefix(".") }) else {
        continue
      }
      throw UsageError.insideDataSet(path, dataset: input)
    }
  }

  /// The components of a path without links, as far as it exists.
  private static func resolved(_ path: String) -> [String] {
    var url = URL(fileURLWithPath: path).standardizedFileURL
    var missing: [String] = []
    while url.pathComponents.count > 1 {
      if let real = realpath(url.path(percentEncoded: false), nil) {
        defer { free(real) }
        return URL(fileURLWithPath: String(cString: real)).pathComponents + missing.reversed()
      }
      missing.append(url.lastPathComponent)
      url.deleteLastPathComponent()
    }
    return url.pathComponents + missing.reversed()
  }
}
