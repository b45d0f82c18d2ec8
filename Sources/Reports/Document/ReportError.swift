/// What can be wrong with a report that a user names.
package enum ReportError: Error, Equatable {
  /// Not JSON, not an object, or without a usable `schemaVersion`.
  case notAReport(path: String)
  case unknownSchemaVersion(path: String, found: Int)
  /// `key` has a value of the wrong kind, or is missing.
  case malformed(path: String, key: String)
  /// `key` has a value that no run can have.
  case impossible(path: String, key: String)
  /// The predictions of a run are not those that its report was made of; `run` is its folder.
  case otherPredictions(path: String, report: String, run: String, detail: String)
}

extension ReportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAReport(let path):
      "\(path) is not a report of cas: it is not a JSON object with a schemaVersion; name the report.json of a run folder."
    case .unknownSchemaVersion(let path, let found):
      "\(path) has schemaVersion \(found), and this version of cas reads \(DocumentSchema.version) only; "
        + "use the version of cas that wrote it, or run it again."
    case .malformed(let path, let key):
      "\(path) is a damaged report: the key \(key.isEmpty ? "at its top" : key) is missing or of the wrong kind; run it again."
    case .impossible(let path, let key):
      "\(path) is a damaged report: no run can have the value of \(key); run it again."
    case .otherPredictions(let path, let report, let run, let detail):
      "\(path) does not belong to \(report): \(detail); copy both again, or remove report.json and go on with --resume \(run)."
    }
  }
}
