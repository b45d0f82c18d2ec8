package import Foundation

/// Published tables of one paper, to stand beside one's own results. The file is `data/literature/*.json`.
///
/// Drawback: the papers' networks, images, preprocessing and baselines differ, so their numbers cannot be compared.
package struct Literature: Codable, Sendable, Equatable {
  package struct Row: Codable, Sendable, Equatable {
    package var name: String
    package var resolution: Int?
    package var truncation: Double?
    package var top1: Double?
    package var top5: Double?
    package var top5Gain: Double?
    package var inceptionScore: Double?
    package var inceptionScoreDeviation: Double?
    package var fid: Double?
  }

  package struct Table: Codable, Sendable, Equatable {
    package var id: String
    package var title: String
    package var dataset: String
    package var rows: [Row]
  }

  package var source: String
  package var protocolNote: String
  /// What the paper gets wrong, a sentence each.
  package var errata: [String]
  package var tables: [Table]

  private enum CodingKeys: String, CodingKey {
    case source, errata, tables
    case protocolNote = "protocol"
  }

  /// - Throws: `ReportError.malformed` where the bytes are no such file.
  package init(json: Data, path: String) throws {
    do { self = try JSONDecoder().decode(Literature.self, from: json) } catch {
      throw ReportError.malformed(path: path, key: "tables")
    }
  }
}
