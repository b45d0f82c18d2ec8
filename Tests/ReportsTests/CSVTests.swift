import Metrics
import Reports
import Testing

@Suite struct CSVTests {
  @Test func perClassSnapshot() throws {
    try expectSnapshot(CSV.perClass(of: Example.single).text, "per_class.csv")
  }

  /// A set's GAN-test has the classes of its score, but rows of its own, behind all others.
  @Test func everyRowHasItsOwnKey() {
    var report = Example.sweep
    report.results.reverse()
    let lines = CSV.perClass(of: report).text.split(separator: "\n").dropFirst()
    let keys = lines.map { line in String(line.prefix { $0 != "," }) }
    let rows = lines.map { line in line.firstMatch(of: /.*,[01],"?(.*)$/).map { String($0.1) } ?? "" }
    #expect(lines.count == 5 * 7 && Set(rows).count == lines.count)
    #expect(zip(rows, keys).allSatisfy { $0.hasPrefix($1 + "/") })
    let first = keys.firstIndex { $0.hasSuffix("+gan-test") } ?? 0
    #expect(keys[first...].allSatisfy { $0.hasSuffix("+gan-test") } && keys.count - first == 14)
  }

  @Test func quoting() {
    var csv = CSV(header: ["plain", "a,b", "a\"b", "a\nb", "a\rb", "a\r\nb", ""])
    csv.append([" spaces stay "])
    #expect(csv.text == "plain,\"a,b\",\"a\"\"b\",\"a\nb\",\"a\rb\",\"a\r\nb\",\n spaces stay \n")
  }

  @Test func confusionsLeaveOutZeros() {
    let matrices = [
      "cvae": ConfusionMatrix(classNames: ["a", "b, c"], counts: [5, 1, 0, 7]),
      "baseline": ConfusionMatrix(classNames: ["a"], counts: [2]),
    ]
    let expected = "key,true,predicted,count\nbaseline,a,a,2\ncvae,a,a,5\ncvae,a,\"b, c\",1\ncvae,\"b, c\",\"b, c\",7\n"
    #expect(CSV.confusion(of: Example.single, matrices).text == expected)
  }

  @Test func noResults() {
    #expect(CSV.perClass(of: Example.report([])).text.split(separator: "\n").count == 1)
    #expect(CSV.confusion(of: Example.single, [:]).text == "key,true,predicted,count\n")
  }
}
