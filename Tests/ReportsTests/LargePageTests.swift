import Foundation
import Images
import Metrics
import Reports
import Support
import Testing

/// Pages of a hundred and a thousand classes from made-up predictions. Where `CAS_PAGES` names a folder they are written
/// there, to be looked at.
@Suite struct LargePageTests {
  private static func run(classes: Int) -> (report: Report, details: ReportDetails) {
    let values = GoldenValues(seed: 7)
    let names = (0..<classes).map { "\(["amber", "brass", "cedar", "denim", "ebony", "fern"][$0 % 6]) object \($0)" }
    let support = 50
    var counts = [Int](repeating: 0, count: classes * classes)
    let entries = (0..<classes).map { label -> ClassScore in
      let real = 0.55 + 0.4 * values.uniform(2 * label)
      let own = max(0, real - 0.6 * values.uniform(2 * label + 1) * values.uniform(2 * label + 1))
      let correct = Int((own * Double(support)).rounded())
      counts[label * classes + label] = correct
      // Mistakes stay within the same kind of object, mostly next door.
      let others = [6, 12, -6].map { (label + $0 + classes) % classes }
      for (place, other) in others.enumerated() { counts[label * classes + other] += (support - correct) / (place + 2) }
      return ClassScore(
        name: names[label], support: support, top1: own, top5: min(1, own + 0.2),
        interval: Interval(low: max(0, own - 0.12), high: min(1, own + 0.12)), baselineTop1: real,
        difference: own - real,
        adjustedP: real - own > 0.25 ? 0.001 : 1,
        confusedWith: others.map { .init(name: names[$0], count: (support - correct) / 2) })
    }
    var result = Example.cas
    result.name = "generator"
    result.perClass = entries
    var baseline = Example.baseline
    baseline.perClass = entries.map { entry in
      ClassScore(name: entry.name, support: support, top1: entry.baselineTop1)
    }
    let galleries = result.worstFirst.prefix(8).map { entry in
      FailureGallery(
        result: "generator", className: entry.name,
        samples: (0..<12).map { Example.picture($0, side: 112, channels: 3) },
        missed: (0..<12).map { .init(image: Example.picture($0 + 20, side: 112, channels: 3), predicted: names[$0]) },
        right: (0..<6).map { Example.picture($0 + 50, side: 112, channels: 3) })
    }
    let details = ReportDetails(
      confusions: ["generator": ConfusionMatrix(classNames: names, counts: counts)],
      reliability: Example.details.reliability.mapValues { $0 }, training: Example.details.training,
      galleries: Array(galleries))
    return (Example.report([result, baseline]), details)
  }

  @Test(arguments: [100, 1000])
  func pagesStaySmall(classes: Int) throws {
    let (report, details) = Self.run(classes: classes)
    let page = try HTMLPage(report: report, details: details) { image in
      EncodedPicture(type: "image/jpeg", bytes: try JPEG.encode(image, quality: 85))
    }
    let text = page.text
    #expect(text.utf8.count < 20_000_000)
    #expect(text.contains("What is taken for what") && text.contains("Groups of classes"))
    #expect(text.ranges(of: "<tr><th scope=\"row\">").count >= classes)
    if let folder = ProcessInfo.processInfo.environment["CAS_PAGES"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder).appending(path: "page-\(classes).html"))
    }
  }
}
