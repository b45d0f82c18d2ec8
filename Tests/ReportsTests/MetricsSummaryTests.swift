import Foundation
import Metrics
import Reports
import Testing

@Suite struct MetricsSummaryTests {
  private func document() -> MetricsDocument {
    var real = ComparedSet(path: "real.npz")
    (real.images, real.features) = (5000, 64)
    var samples = ComparedSet(path: "a.npz")
    samples.images = 200
    var a = MetricsResult(name: "a")
    a.metrics = [
      MetricEntry("fid", value: 12.3456, interval: Interval(low: 11.9, high: 12.8), n: [200, 5000], better: "lower"),
      MetricEntry(
        "kid", value: -0.00012, interval: Interval(low: -0.0004, high: 0.0002), n: [200, 5000], better: "lower"),
      MetricEntry("copies", value: 3, n: [200, 5000], better: "lower"),
      MetricEntry(
        "prd", value: nil, n: [200, 5000], note: "PRD of 20 clusters needs at least 20 rows, and there are 3"),
    ]
    a.perClass = [.init(name: "cat", metrics: [MetricEntry("fid", value: 40, n: [20, 500], better: "lower")])]
    var b = MetricsResult(name: "b")
    b.metrics = [MetricEntry("fid", value: 0, interval: Interval(low: 0, high: 0), n: [200, 5000], better: "lower")]
    return MetricsDocument(
      MetricsFindings(warnings: ["Look out."], results: [a, b]),
      Provenance(
        command: "metrics", version: "1", config: .null, machine: Example.machine,
        data: ComparedSets(real: real, training: nil, synthetic: ["a": samples, "b": samples])))
  }

  @Test func aRowForEachNumberAndAColumnForEachSet() {
    let text = MetricsSummary(of: document(), style: TerminalStyle(isTerminal: false, columns: 90)).text
    #expect(text.contains("Samples: a 200, b 200; real images: 5,000, 64 features."))
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("Metric a b"))
    #expect(lines.contains("fid ↓ 12.35 [11.90, 12.80] 0.000 [0.000, 0.000]"), "\(text)")
    #expect(lines.contains("kid ↓ −0.00012 [−0.00040, 0.00020] –"), "\(text)")
    #expect(lines.contains("copies ↓ 3 –") && lines.contains("prd – –"))
    #expect(lines.contains("cat 20/500 40") && lines.contains("! Look out."))
    #expect(text.contains("! a: prd: PRD of 20 clusters needs at least 20 rows, and there are 3."))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 90 })
  }

  /// A curve of any metric is drawn, and is in the document; where there is none, the document has no key for it.
  @Test func curvesOfMetricsAreDrawn() throws {
    var document = document()
    #expect(try !String(decoding: document.json(), as: UTF8.self).contains("\"curves\""))
    let curve = MetricCurve(
      "spectrum", caption: "Power by frequency.", xTitle: "frequency", yTitle: "power", x: [0, 1, 2], y: [9, 4, 1])
    for index in document.results.indices { document.results[index].curves = [curve] }
    let json = try document.json()
    #expect(try Bool(JSONDecoder().decode(MetricsDocument.self, from: json).results == document.results))
    let page = document.page
    #expect(page.ranges(of: "<strong>spectrum.</strong> Power by frequency.").count == 1)
    #expect(page.contains("Power against frequency for a, b"))
    // Precision and recall of distributions have no chart without their curve.
    #expect(!page.contains("Precision against recall"))
  }

  /// What does not fit side by side stands below, whole, and names keep their ends.
  @Test func manySetsAreManyTables() {
    var document = document()
    let first = document.results[0]
    let stem = "a-generator-with-a-long-name-and-guidance-of-"
    document.results = (1...7).map { index in
      var result = first
      result.name = stem + "\(index).5"
      result.metrics.append(MetricEntry("huge", value: -4.5e22, n: [200, 5000]))
      return result
    }
    let text = MetricsSummary(of: document, style: TerminalStyle(isTerminal: false, columns: 80)).text
    #expect(text.ranges(of: "Metric ").count == 4 && text.ranges(of: "12.35 [11.90, 12.80]").count == 7, "\(text)")
    #expect((1...7).allSatisfy { text.contains("…guidance-of-\($0).5") } && text.ranges(of: "−4.5e+22").count == 7)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  /// Few sets are columns, as in the terminal; many are rows.
  @Test func thePageTurnsItsTableWhereItWouldNotFit() {
    var document = document()
    #expect(document.page.contains("<th scope=\"row\">fid\u{A0}↓</th>"))
    document.results = (0..<9).map { index in
      var result = document.results[0]
      result.name = "set-\(index)"
      return result
    }
    #expect(document.page.contains("<th scope=\"row\">set-<wbr>8<small>"))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let document = document()
    let text = String(decoding: try document.json(), as: UTF8.self)
    for part in ["\"better\" : \"lower\"", "\"interval\" : [", "\"training\" : null", "\"command\" : \"metrics\""] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test func namesInPicturesAreEscaped() {
    let entry = CorrelationEntry(
      first: "<script>", second: "b&c", rows: 5,
      kendall: .init(value: -0.4, interval: Interval(low: -0.9, high: 0.3), pValue: 0.5), spearman: nil, pearson: nil)
    let page = CorrelationDocument(inputs: ["<x>"], results: [entry]).page
    #expect(page.ranges(of: "<script>").count == 1 && page.contains("&lt;script&gt;") && page.contains("b&amp;c"))
    #expect(page.contains("−0.40") && page.contains("fill-opacity=\"0.32\""))
    var table = DemonstrationDocument(
      "modes", title: "<b>", rowTitle: "Classes", columns: [.init("recall", decimals: 2, isDrawn: true)])
    table.rows = (1...10).map { .init(String($0), [Double($0) / 10]) }
    #expect(table.page.contains("&lt;b&gt;") && table.page.contains("<path class=\"line\" d=\"M"))
    table.rows = [.init("1", [nil])]
    #expect(!table.page.contains("<svg"))
    #expect(table.text(TerminalStyle(isTerminal: false)).contains("Classes"))
  }
}
