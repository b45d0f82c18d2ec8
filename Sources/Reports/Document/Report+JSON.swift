package import Foundation

extension Report {
  /// Reads a document.
  /// - Parameter path: where the bytes come from, for the errors.
  /// - Throws: `ReportError`.
  package init(json: Data, path: String) throws {
    guard let header = try? JSONDecoder().decode(Header.self, from: json), let version = header.schemaVersion else {
      throw ReportError.notAReport(path: path)
    }
    guard version == DocumentSchema.version else {
      throw ReportError.unknownSchemaVersion(path: path, found: version)
    }
    do { self = try JSONDecoder().decode(Report.self, from: json) } catch let error as DecodingError {
      throw ReportError.malformed(path: path, key: error.place)
    }
    if let key = impossibleKey { throw ReportError.impossible(path: path, key: key) }
  }

  /// The first key whose value would break the arithmetic of those who read it: counts that are negative or add up to
  /// more than any data set has, accuracies that are no fractions.
  private var impossibleKey: String? {
    func isFraction(_ value: Double?) -> Bool { value.map { (0...1).contains($0) } ?? true }
    for (index, result) in findings.results.enumerated() {
      for (name, accuracy) in [("top1", result.top1), ("top5", result.top5)] {
        guard isFraction(accuracy?.value) else { return "results.\(index).\(name).value" }
        guard accuracy?.perSeed.allSatisfy(isFraction) ?? true else { return "results.\(index).\(name).perSeed" }
      }
      var images = 0
      for (place, entry) in result.perClass.enumerated() {
        let key = "results.\(index).perClass.\(place)"
        guard entry.support >= 0, entry.support <= Self.mostImages - images else { return "\(key).support" }
        images += entry.support
        guard isFraction(entry.top1) else { return "\(key).top1" }
        guard isFraction(entry.top5) else { return "\(key).top5" }
        guard isFraction(entry.baselineTop1) else { return "\(key).baselineTop1" }
        guard entry.confusedWith.allSatisfy({ $0.count >= 0 }) else { return "\(key).confusedWith" }
      }
    }
    return nil
  }

  /// More test images than any data set has.
  private static var mostImages: Int { Int(Int32.max) }
}

private struct Header: Decodable {
  let schemaVersion: Int?
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
