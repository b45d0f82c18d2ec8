import Evaluation
import Foundation
import Metrics
import Testing

/// The published numbers in `data/literature`, and that the errata follow from them.
@Suite struct LiteratureTests {
  private struct Literature: Decodable {
    struct Row: Decodable {
      let name: String
      let resolution: Int?
      let truncation: Double?
      let top1: Double?
      let top5: Double?
      let inceptionScore: Double?
      let fid: Double?
    }

    struct Table: Decodable {
      let id: String
      let rows: [Row]
    }

    let source: String
    let errata: [String]
    let tables: [Table]

    func rows(_ id: String) -> [Row] { tables.first { $0.id == id }?.rows ?? [] }
  }

  private let literature: Literature

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../data/literature/ravuri-vinyals-2019.json")
    literature = try JSONDecoder().decode(Literature.self, from: Data(contentsOf: file))
  }

  @Test func allRowsAreThere() {
    #expect(literature.tables.map(\.id) == ["table1", "table2", "table3", "nas"])
    #expect(["table1", "table2", "table3"].map { literature.rows($0).count } == [6, 10, 6])
    for row in literature.tables.flatMap(\.rows) {
      #expect((row.top1 ?? 0) <= row.top5 ?? 1 && (row.top5 ?? 1) <= 1, "\(row.name)")
    }
    #expect(literature.errata.count == 8 && literature.source.contains("1905.10887"))
  }

  @Test func theDropsOfTheAbstractAreTheOtherWayRound() throws {
    let table = literature.rows("table1").filter { $0.resolution == 256 }
    let real = try #require(table.first { $0.name == "Real" })
    let gan = try #require(table.first { $0.name == "BigGAN-deep" })
    let top1 = 1 - (try #require(gan.top1)) / (try #require(real.top1))
    let top5 = 1 - (try #require(gan.top5)) / (try #require(real.top5))
    #expect(abs(top1 - 0.416) < 5e-4 && abs(top5 - 0.279) < 5e-4)
    // Both tables print the row of truncation 1.5 alike.
    let swept = try #require(literature.rows("table2").first { $0.truncation == 1.5 })
    #expect(swept.top1 == gan.top1 && swept.top5 == gan.top5 && swept.fid == gan.fid)
  }

  @Test func theCorrelationWithFIDIsNegative() throws {
    let rows = literature.rows("table2").filter { $0.truncation != nil }
    let top1 = rows.compactMap(\.top1)
    let fid = try #require(Correlation.pearson(top1, rows.compactMap(\.fid)))
    let score = try #require(Correlation.pearson(top1, rows.compactMap(\.inceptionScore)))
    #expect(abs(fid.value + 0.164) < 5e-4 && abs(score.value + 0.859) < 5e-4)
    // The same rows as a table for `cas correlate`.
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../data/literature/biggan-deep-truncations.csv").path
    let table = try ColumnTable(csv: path)
    #expect(table.rows.compactMap(Double.init) == rows.compactMap(\.truncation))
    #expect(table.columns.map(\.name) == ["top1", "top5", "is", "fid"])
    #expect(table.columns[0].values == top1 && table.columns[1].values == rows.map(\.top5))
    #expect(table.columns[2].values == rows.map(\.inceptionScore) && table.columns[3].values == rows.map(\.fid))
  }
}
