import Images
import Metrics
import Reports
import Testing

@Suite struct HTMLPageTests {
  private func page(_ report: Report, _ galleries: [FailureGallery<Image>] = []) -> String {
    HTMLPage(report: report, details: ReportDetails(galleries: galleries), encode: StoredPNG.picture).text
  }

  @Test func snapshots() throws {
    let whole = HTMLPage(
      report: Example.single, details: Example.details, literature: try Example.literature(),
      encode: StoredPNG.picture)
    try expectPageSnapshot(whole.text, "single.html")
    let studies = ["naive", "augmented", "curve", "sweep"].map { ($0, StudySummaryTests.reports[$0] ?? Example.single) }
    let pages = ([("several", Example.several)] + studies).map { (name: $0, text: page($1)) }
    try expectSnapshot(ownSections(of: pages, besides: whole.text), "sections.html")
  }

  @Test func everythingIsEscaped() {
    let hostile = "<script>\"'&\u{1B}\u{0}\u{202E}</script>"
    var report = Example.single
    report.version = hostile
    report.command = hostile
    report.machine.cpu = hostile
    report.config = .object([hostile: .string(hostile)])
    report.data.synthetic = [hostile: report.data.real.test]
    report.data.real.test.path = hostile
    report.data.real.test.hash = hostile
    report.data.real.test.warnings = [hostile]
    report.data.real.test.missingClasses = [hostile]
    report.data.real.test.codecs = [hostile: 1]
    report.data.real.test.split = hostile
    report.results[1].name = hostile
    report.results[1].selectedOn = hostile
    report.results[1].perClass[0].name = hostile
    report.results[1].perClass[0].confusedWith[0].name = hostile
    let gallery = FailureGallery(
      result: hostile, className: hostile, samples: [Example.picture(1)],
      missed: [.init(image: Example.picture(2), predicted: hostile)])
    let text = page(report, [gallery])
    // The page's own script is the only one.
    #expect(text.components("<script") == 1 && text.components("</script") == 1)
    #expect(text.contains("&lt;script&gt;&quot;&#39;&amp;\u{FFFD}\u{FFFD}\u{FFFD}&lt;/script&gt;"))
    #expect(!text.unicodeScalars.contains { ($0.value < 32 && $0 != "\n") || $0 == "\u{202E}" })
  }

  /// The page must open without a network.
  @Test func itIsSelfContained() {
    let text = page(Example.single, Example.galleries)
    for reference in ["http:", "https:", "//", "url(", "@import", "<script src", "<link", "javascript:", "fetch("] {
      let pictures = text.split(separator: "\"").filter { !$0.hasPrefix("data:image/png;base64,") }
      #expect(!pictures.contains { $0.contains(reference) }, "\(reference)")
    }
  }

  @Test func picturesHaveTextsAndAreMagnified() {
    let text = page(Example.single, Example.galleries)
    #expect(text.contains("alt=\"training sample 1 of shirt\""))
    #expect(text.contains("alt=\"test image of shirt, taken for T-shirt/top\""))
    #expect(text.contains("<img class=\"pixels\" src=\"data:image/png;base64,iVBORw0KGgo"))
    #expect(text.contains("width=\"64\" height=\"64\"") && text.contains("width=\"96\" height=\"96\""))
    #expect(text.contains("No training sample of this class."))
  }

  @Test func onlyTheWorstClassesHavePictures() {
    let many = (0..<12).map {
      FailureGallery(result: "cvae", className: "class \($0)", samples: [Example.picture($0)], missed: [])
    }
    #expect(page(Example.single, many).components("<article>") == 8)
    #expect(HTMLPage.galleryLimit(results: 1) == 8 && HTMLPage.galleryLimit(results: 10) == 3)
    #expect(HTMLPage.galleryLimit(results: 0) == 8 && HTMLPage.galleryLimit(results: 99) == 2)
  }

  @Test func manyClassesAreFolded() {
    var report = Example.single
    report.results[1].perClass = (0..<1000).map { ClassScore(name: "class \($0)", support: 50, top1: 0.5) }
    let text = page(report)
    #expect(text.contains("The other 960 classes"))
    #expect(text.components("<tr><th scope=\"row\">class") == 1000)
  }

  /// A band over two seeds would hide the curve.
  @Test func twoSeedsAreDrawnInsteadOfTheirInterval() {
    var report = Example.curve
    #expect(!page(report).contains("class=\"part\"") && page(report).contains("class=\"band\""))
    report.results = [500, 1000, 2000, 6000].enumerated().map { place, size in
      var result = Example.cas
      (result.name, result.size) = ("flow", size)
      let value = report.curves?[0].points[place].top1 ?? 0
      result.top1 = AccuracyScore(
        value: value, interval: nil, perSeed: [value - 0.01, value + 0.01], seedInterval: nil)
      return result
    }
    let text = page(report)
    #expect(text.components("<circle class=\"part\"") == 8 && !text.contains("class=\"band\""))
    #expect(text.contains("small marks in the picture are the two seeds"))
  }

  /// A drop is of one accuracy, and each table says of which.
  @Test func dropsAreNamed() throws {
    let head = "<th scope=\"col\" class=\"number\">Top-1 drop</th>"
    let comparison = ComparisonPage(
      Example.comparison, runs: [(name: "a", report: Example.single), (name: "b", report: Example.several)])
    let page = HTMLPage(
      report: Example.single, literature: try Example.literature(), encode: StoredPNG.picture
    ).text
    #expect(comparison.text.components(head) == 1)
    // That of the run, and one for each published table.
    #expect(page.components(head) == 5)
  }

  /// Which images the network of the features learned from: the training images also of a run that trains no baseline.
  @Test func metricsSayWhoseFeaturesTheyAreOf() {
    let (training, test) = ("a network trained on the real training images.", "a network trained on these test images")
    var report = Example.sweep
    #expect(page(report).contains(training) && !page(report).contains(test))
    report.data.real.train = nil
    #expect(page(report).contains(training))
    report.data.real.test.split = nil
    #expect(page(report).contains(test) && !page(report).contains(training))
    report.config = .object(["inputs": .object(["realTrain": .string("data/train")])])
    #expect(page(report).contains(training))
  }

  @Test func emptyRuns() {
    #expect(page(Example.report([])).contains("there is no score"))
    let empty = ResultEntry(name: "none", kind: .cas, scores: ScoreCard())
    #expect(page(Example.report([empty])).contains("there is no score"))
    var extreme = Example.cas
    extreme.perClass = [ClassScore(name: "only", support: 0, top1: nil)]
    #expect(page(Example.report([extreme])).contains("No class was tested."))
    let thin = Image(width: 1, height: 5000, channels: 3, pixels: [UInt8](repeating: 9, count: 15_000))
    let gallery = FailureGallery(result: "cvae", className: "shirt", samples: [thin], missed: [])
    #expect(page(Example.single, [gallery]).contains("width=\"1\" height=\"96\""))
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
