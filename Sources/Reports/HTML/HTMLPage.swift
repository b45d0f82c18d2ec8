package import Images

/// A report as one HTML page that needs nothing else: no network, no script, pictures inside. The same input gives the
/// same bytes.
///
/// What you give up by using it: interaction. Long class tables are folded, nothing can be sorted.
package struct HTMLPage: Sendable {
  /// At most so many classes have pictures, per result.
  package static let galleryLimit = 8

  let report: Report
  let galleries: [Gallery]

  /// A gallery whose pictures are data URIs.
  struct Gallery: Sendable {
    struct Picture: Sendable {
      let source: String
      let width: Int
      let height: Int
      let isMagnified: Bool
      let predicted: String
    }

    let result: String
    let fractionAdded: Double?
    let className: String
    let samples: [Picture]
    let missed: [Picture]
  }

  /// - Parameters:
  ///   - galleries: the worst classes first.
  ///   - encode: makes a PNG file of an image; `PNG.encode`.
  /// - Throws: what `encode` throws.
  package init(report: Report, galleries: [FailureGallery], encode: (Image) throws -> [UInt8]) rethrows {
    self.report = report
    self.galleries = try galleries.map { gallery in
      Gallery(
        result: gallery.result, fractionAdded: gallery.fractionAdded, className: gallery.className,
        samples: try gallery.samples.map { try Gallery.Picture($0, predicted: "", encode: encode) },
        missed: try gallery.missed.map { try Gallery.Picture($0.image, predicted: $0.predicted, encode: encode) })
    }
  }
}

extension HTMLPage {
  package var text: String {
    let results = report.mainResults
    let title = (results.first?.kind.title ?? "Report") + ": " + results.map(\.label).joined(separator: ", ")
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(Self.styleSheet)
      </style>
      </head>
      <body>
      <header>
      <p class="eyebrow">cas \(report.command) · version \(report.version)</p>
      <h1>\(title)</h1>
      \(verdict)</header>
      <main>
      \(curvesSection)\(resultsSection)\(report.mainResults.map(classSection))\(dataSection)\(configurationSection)\(machineSection)</main>
      <footer>
      <p>Accuracies are fractions of test images, averaged over seeds. Intervals beside them are 95 % Wilson intervals \
      for the number of test images; intervals over seeds are 95 % Student intervals. Classes are compared with exact \
      McNemar tests on the seeds’ majority predictions, adjusted by Holm’s method. Everything is also in \
      <code>report.json</code>.</p>
      </footer>
      </body>
      </html>

      """
    return page.text
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
    func accuracy(_ title: String, _ entry: AccuracyEntry?) -> [Markup] {
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
