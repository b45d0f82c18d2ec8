package import Images
internal import Metrics

/// A report as one HTML page that needs nothing else: no network, pictures inside, and a few lines of script that sort and
/// filter tables which are complete without them. The same input gives the same bytes.
package struct HTMLPage: Sendable {
  /// How many classes of each of so many results have pictures: fewer where there are many results, so that a page of
  /// photographs stays below 5 MB.
  package static func galleryLimit(results: Int) -> Int { max(2, min(8, 32 / max(results, 1))) }

  let report: Report
  let details: ReportDetails
  let literature: Literature?
  let galleries: [FailureGallery<PagePicture>]

  /// - Parameters:
  ///   - literature: published tables to stand beside the results; nil for none.
  ///   - encode: makes a file of an image, and says whether it is a PNG or a JPEG file.
  /// - Throws: what `encode` throws.
  package init(
    report: Report, details: ReportDetails = ReportDetails(), literature: Literature? = nil,
    encode: (Image) throws -> EncodedPicture
  ) rethrows {
    self.report = report
    self.details = details
    self.literature = literature
    galleries = try details.galleries.map { try $0.map { try PagePicture($0, encode: encode) } }
  }
}

/// A picture file in memory.
package struct EncodedPicture: Sendable {
  /// "image/png" or "image/jpeg".
  package let type: String
  package let bytes: [UInt8]

  package init(type: String, bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
  }
}

extension HTMLPage {
  package var text: String {
    let results = report.mainResults
    let title = title(of: results)
    return HTMLDocument(
      title: title, eyebrow: "cas \(report.command) · version \(report.version)", lead: verdict,
      sections: """
        \(sweepSection)\(augmentationSection)\(curvesSection)\(resultsSection)\(metricsSection)\(inferenceSection)\
        \(classSections)\
        \(trainingSection)\(literatureSection)\(dataSection)\(configurationSection)\(machineSection)
        """,
      footer: """
        Accuracies are fractions of test images, averaged over seeds. Intervals beside them are 95 % Wilson intervals \
        for the number of test images; intervals over seeds are 95 % Student intervals. Classes are compared with exact \
        McNemar tests on the seeds’ majority predictions and, with several seeds, with Student’s t-tests over them, adjusted by \
        Holm’s method; the larger p counts. Everything is also in \
        <code>report.json</code>.
        """
    ).text
  }

  /// What was asked, and of which sets.
  private func title(of results: [ResultEntry]) -> String {
    let names = names(of: results)
    if report.curves != nil { return "Accuracy against the number of images: \(names)" }
    if results.count > 1, results[0].kind != .nas, let axis = results[0].axis {
      return "Sweep of \(axis.name.printable): \(names)"
    }
    return "\(results.first?.kind.title ?? "Report"): \(names)"
  }

  /// The sets, once each.
  private func names(of results: [ResultEntry]) -> String {
    let names = results.map(\.name.printable).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let shown = names.prefix(6).joined(separator: ", ")
    return names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
  }

  /// The classes of each result, folded behind the first few.
  private var classSections: [Markup] {
    report.mainResults.enumerated().map { index, result in
      let section = classSection(of: result)
      guard index >= 4, !section.text.isEmpty else { return section }
      return "<details class=\"folded\"><summary>Classes of \(result.label)</summary>\n\(section)</details>\n"
    }
  }

  private var verdict: Markup {
    let verdict = Verdict(of: report)
    let results = report.mainResults
    let figures: Markup = results.count == 1 ? figures(of: results[0]) : ""
    return "<p class=\"verdict\">\(verdict.score) \(verdict.classes)</p>\n\(figures)"
  }

  /// The three or four numbers that a reader looks for first.
  private func figures(of result: ResultEntry) -> Markup {
    func figure(_ title: String, _ value: String, _ note: Markup) -> Markup {
      "<div><dt>\(title)</dt><dd>\(value)<small>\(note)</small></dd></div>\n"
    }
    func accuracy(_ title: String, _ entry: AccuracyScore?) -> [Markup] {
      guard let entry else { return [] }
      let note: Markup = "95 % interval <span class=\"nowrap\">\(NumberText.range(entry.interval, decimals: 2))</span>"
      return [figure(title, NumberText.percent(entry.value, decimals: 2), note)]
    }
    var all = accuracy("Top-1", result.top1)
    all += accuracy("Top-5", result.top5)
    if let baseline = report.baseline(of: result) {
      all += accuracy("Top-1 with real images", baseline.top1)
      all.append(
        figure(
          "Relative drop, Top-1", NumberText.percent(result.relativeDrop?.top1, decimals: 1),
          "\(result.failedClasses.count) of \(NumberText.count(result.perClass.count, "class", "classes")) worse"))
    }
    return all.isEmpty ? "" : "<dl class=\"figures\">\n\(all)</dl>\n"
  }
}
