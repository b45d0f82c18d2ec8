import Evaluation
import Foundation
import Metrics
import Reports
import Support
import Testing

/// `cas correlate` on published tables, and on tables joined from several inputs.
@Suite struct CorrelationTests {
  private struct Matrix: Decodable {
    let metrics: [String]
    let tau: [[Double]]
  }

  private func matrix() throws -> Matrix {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../data/literature/betzalel-2022.json")
    return try JSONDecoder().decode(Matrix.self, from: Data(contentsOf: file))
  }

  /// Table 2 of Ravuri and Vinyals, BigGAN-deep: accuracy, Inception Score and FID of eight truncations.
  private static let table2 = """
    truncation,top1,is,fid
    0.20,0.0511,339.06,20.75
    0.42,0.1330,324.62,15.93
    0.50,0.1566,316.31,14.37
    0.60,0.2551,299.51,12.41
    0.80,0.3288,258.72,9.24
    1.00,0.3907,214.64,7.42
    1.50,0.4265,109.39,11.78
    2.00,0.4098,49.54,28.67

    """

  @Test func accuracyAgainstScoreAndDistance() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(Self.table2.utf8), "table2.csv")
    let entries = try ColumnTable(inputs: [path]).correlations([])
    #expect(entries.map(\.second) == ["is", "fid", "fid"] && entries.allSatisfy { $0.rows == 8 })
    let (score, distance) = (entries[0], entries[1])
    #expect(abs((score.pearson?.value ?? 0) + 0.859) < 5e-4 && abs((distance.pearson?.value ?? 0) + 0.164) < 5e-4)
    #expect(abs((score.spearman?.value ?? 0) + 0.976) < 5e-4)
    for measure in entries.flatMap({ [$0.kendall, $0.spearman, $0.pearson] }) {
      let measure = try #require(measure)
      let interval = try #require(measure.interval)
      #expect(
        interval.low <= measure.value && measure.value <= interval.high && interval.low >= -1 && interval.high <= 1)
    }
    let page = CorrelationDocument(inputs: [path], results: entries).page
    #expect(page.contains("<svg") && page.contains("−0.86") && page.contains("Kendall"))
  }

  private func entry(_ folder: TemporaryFolder, _ text: String) throws -> (ColumnTable, CorrelationEntry?) {
    let table = try ColumnTable(inputs: [try folder.write(Array(text.utf8), "table.csv")])
    return (table, try table.correlations([]).first)
  }

  /// The mean of three times 0.1 is not 0.1, and yet the column is constant; generators that diverged are the worst.
  @Test func constantColumnsAndInfiniteNumbers() throws {
    let folder = try TemporaryFolder()
    let (constant, none) = try entry(folder, "name,a,b\nx,0.1,1\ny,0.1,2\nz,0.1,4\n")
    #expect(none?.pearson == nil && none?.spearman == nil && none?.kendall == nil)
    #expect(constant.silences([]) == ["a is the same in every row, and goes with nothing."])
    let (table, found) = try entry(
      folder, "name,a,b\n w ,1,5\nx,2,4\ny,3,3\nz,inf,2\nv,nan,9\nu,,1\n")
    #expect(table.rows[0] == "w" && found?.rows == 4 && found?.kendall?.value == -1 && found?.spearman?.value == -1)
    #expect(found?.pearson == nil && table.notes.isEmpty)
  }

  @Test func tablesAreStackedOrExplained() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write(Array("name,a,b\nx,1,2\ny,2,3\n".utf8), "first.csv")
    let second = try folder.write(Array("name,b,a\nz,7,5\n".utf8), "second.csv")
    let stacked = try ColumnTable(inputs: [first, second])
    #expect(stacked.rows == ["x", "y", "z"] && stacked.columns.map(\.name) == ["a", "b"])
    #expect(stacked.columns[0].values == [1, 2, 5] && stacked.columns[1].values == [2, 3, 7])
    let third = try folder.write(Array("name,c\nx,1\nq,2\n".utf8), "third.csv")
    #expect(try ColumnTable(inputs: [first, third]).notes == ["Only one of the inputs has the rows y, q."])
    #expect(try stacked.correlations(["a,b"]).count == 1)
    let semicolons = try folder.write(Array("name;a\nx;1\n".utf8), "semicolons.csv")
    #expect {
      _ = try ColumnTable(inputs: [semicolons])
    } throws: { "\($0)".contains("with commas between its fields instead of semicolons") }
  }

  /// Where all rows are in order every resample of them is, which says nothing of other rows.
  @Test func orderWithoutExceptionHasNoInterval() throws {
    let folder = try TemporaryFolder()
    for (rows, hasInterval) in [([1, 2, 3, 4], false), ([1, 2, 3, 4, 5, 6], false), ([1, 2, 3, 4, 6, 5], true)] {
      let lines = ["name,a,b"] + rows.enumerated().map { "g\($0),\($0),\($1)" }
      let path = try folder.write(Array(lines.joined(separator: "\n").utf8), "order.csv")
      let entry = try #require(try ColumnTable(inputs: [path]).correlations([]).first)
      #expect((entry.kendall?.interval != nil) == hasInterval && (entry.kendall?.value ?? 0 > 0.99) != hasInterval)
    }
  }

  /// The published matrix is symmetric, and each of its values is one that 198 models could have: a ranking with that
  /// many pairs the other way round has it.
  @Test func publishedMatrixOfTau() throws {
    let matrix = try matrix()
    let n = 198
    let pairs = Double(n * (n - 1) / 2)
    #expect(matrix.metrics.count == 8 && matrix.tau.count == 8)
    for row in 0..<8 {
      #expect(matrix.tau[row][row] == 1)
      for column in 0..<row {
        let tau = matrix.tau[row][column]
        #expect(tau == matrix.tau[column][row])
        let ranking = ranking(of: n, inversions: Int(((1 - tau) / 2 * pairs).rounded()))
        let found = try #require(Correlation.kendall((0..<n).map(Double.init), ranking))
        #expect(abs(found.value - tau) <= 5.2e-5, "\(matrix.metrics[row]) and \(matrix.metrics[column])")
      }
    }
    // What the study concludes: the Inception Score follows the likelihood least, and its limit even less.
    let order = (2..<8).sorted { matrix.tau[0][$0] < matrix.tau[0][$1] }.map { matrix.metrics[$0] }
    #expect(order == ["IS-infinity", "IS", "FID", "KID", "Clean-FID", "FID-infinity"])
  }

  /// 0 ..< n with exactly so many pairs the other way round: the largest numbers go to the front one after the other, and
  /// the last one part of the way.
  private func ranking(of n: Int, inversions: Int) -> [Double] {
    var left = inversions
    var order: [Int] = []
    for number in 0..<n {
      // Before `number` smaller ones, each of which is an inversion.
      let step = min(number, left)
      order.insert(number, at: number - step)
      left -= step
    }
    return order.map(Double.init)
  }

  @Test func tablesAreJoinedByName() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write(Array("set,top1,fid\na,0.1,9\nb,0.2,8\nc,0.3,7\n".utf8), "accuracy.csv")
    var document = MetricsDocument(
      MetricsFindings(warnings: [], results: []),
      Provenance(
        command: "metrics", version: "", config: .null,
        machine: MachineDescription(
          cpu: "", threads: 1, instructionSet: "", precision: "fp32", blas: "", blasCore: "", memoryBytes: 0, os: ""),
        data: ComparedSets(real: ComparedSet(path: ""), training: nil, synthetic: [:])))
    document.results = [("c", 1.0), ("b", 2.0), ("a", 3.0), ("d", 0.0)].map { name, value in
      var result = MetricsResult(name: name)
      result.metrics = [MetricEntry("fid", value: value, n: [1]), MetricEntry("kid", value: nil, n: [1])]
      return result
    }
    let second = try folder.write(Array(try document.json()), "metrics.json")
    let table = try ColumnTable(inputs: [first, second])
    #expect(table.rows == ["a", "b", "c", "d"])
    #expect(table.columns.map(\.name) == ["top1", "accuracy:fid", "metrics:fid", "kid"])
    let entry = try #require(try table.correlations(["top1", "metrics:fid"]).first)
    #expect(entry.rows == 3 && entry.kendall?.value == -1)
    let broken = try folder.write(Array("{\"a\": 1}".utf8), "broken.json")
    #expect(throws: (any Error).self) { try ColumnTable(inputs: [broken]) }
  }
}
