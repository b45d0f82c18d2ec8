package import Foundation

extension Report {
  /// Reads a document.
  /// - Parameter path: where the bytes come from, for the errors.
  /// - Throws: `ReportError`.
  package init(json: Data, path: String) throws {
    struct Header: Decodable { let schemaVersion: Int? }
    let header: Header
    do { header = try JSONDecoder().decode(Header.self, from: json) } catch {
      throw ReportError.notAReport(path: path)
    }
    guard let version = header.schemaVersion else { throw ReportError.notAReport(path: path) }
    guard version == Report.currentSchemaVersion else {
      throw ReportError.unknownSchemaVersion(path: path, found: version)
    }
    do { self = try JSONDecoder().decode(Report.self, from: json) } catch let error as DecodingError {
      throw ReportError.malformed(path: path, key: error.place)
    }
  }
}

extension DecodingError {
  /// The key at which decoding failed, as `results.0.top1`.
  fileprivate var place: String {
    let (context, last): (Context, [any CodingKey]) =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): (context, [])
      case .keyNotFound(let key, let context): (context, [key])
      @unknown default: (Context(codingPath: [], debugDescription: ""), [])
      }
    return (context.codingPath + last).map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
