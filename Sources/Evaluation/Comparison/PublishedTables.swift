import Foundation
package import Reports

extension Literature {
  /// The built-in tables of Ravuri and Vinyals 2019.
  ///
  /// - Throws: `ReportError.malformed`; the file is part of the program, so a test would find it first.
  package static func published() throws -> Literature {
    try Literature(json: Data(PackageResources.ravuri_vinyals_2019_json), path: "ravuri-vinyals-2019.json")
  }
}
