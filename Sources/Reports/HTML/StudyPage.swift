internal import Metrics

extension StudyDocument {
  /// The study as one HTML page.
  package var page: String {
    let sentences = findings.verdict.map { sentence -> Markup in "<p>\(sentence)</p>\n" }
    let warnings = findings.warnings.map { warning -> Markup in "<li>\(warning)</li>\n" }
    let cautions: Markup =
      warnings.isEmpty
      ? "" : "<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">Notes</h2>\n<ul>\n\(warnings)</ul>\n</section>\n"
    return HTMLDocument(
      title: "Which metric tells the truth", eyebrow: "cas study · version \(provenance.version)",
      lead: "<div class=\"lead\">\(sentences)</div>\n",
      sections: "\(pointTable)\(scatters)\(matrices)\(volatilityTable)\(courses)\(cautions)",
      footer: """
        KL is that of the model from the data, on images of the data set; RKL that of the data from the model, on samples. \
        Both are means over images with the jackknife’s intervals. Real images: \(provenance.data.real.path).
        """
    ).text
  }

  private var groups: [String] {
    findings.points.map(\.group).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// What stands before the colon of metrics' names, in order; empty for what no extractor computes.
  private var extractors: [String] {
    findings.metricNames.map(Self.extractor).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func extractor(_ name: String) -> String { name.firstIndex(of: ":").map { String(name[..<$0]) } ?? "" }

  private static func title(_ name: String) -> String {
    switch name {
    case "kl": "KL"
    case "rkl": "RKL"
    case "cas": "CAS"
    default: name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }
  }

  private var pointTable: Markup {
    let names = findings.metricNames
    let head = names.map { name -> Markup in "<th scope=\"col\" class=\"number\">\(breakable: name)</th>" }
    let rows = findings.points.map { point -> Markup in
      let cells = names.map { name -> Markup in
        "<td class=\"number\">\(NumberText.significant(point.value(name)))</td>"
      }
      return """
        <tr><th scope="row">\(breakable: point.name)</th>\(Self.cell(point.kl))\(Self.cell(point.rkl))\
        <td class="number">\(NumberText.fixed(point.bitsPerDimension, decimals: 3))</td>\(cells)</tr>

        """
    }
    return """
      <section aria-labelledby="models"><h2 id="models">Models</h2>
      <div class="scroll" role="group" aria-labelledby="models" tabindex="0"><table class="sortable">
      <caption><span>KL and RKL in nats an image, bits per dimension of \(NumberText.grouped(findings.dimensions)) \
      below; then −log p of the data’s images in bits per dimension.</span></caption>
      <thead><tr><th scope="col">Model</th><th scope="col" class="number">KL</th><th scope="col" class="number">RKL</th>\
      <th scope="col" class="number">Bits/dim</th>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div></section>

      """
  }

  private static func cell(_ divergence: StudyFindings.Divergence?) -> Markup {
    guard let divergence else { return "<td class=\"number\">\(NumberText.none)</td>" }
    let range = divergence.interval.map {
      "\(NumberText.significant($0.low)) to \(NumberText.significant($0.high))"
    }
    return """
      <td class="number">\(divergence.nats == nil ? "∞" : NumberText.significant(divergence.nats))\
      <small>\(range ?? "")</small><small>\(NumberText.fixed(divergence.bitsPerDimension, decimals: 4)) bits/dim</small></td>
      """
  }

  /// Every metric against KL and RKL.
  private var scatters: Markup {
    let places = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
    let sections = extractors.map { extractor -> Markup in
      let names = findings.metricNames.filter { Self.extractor($0) == extractor }
      let charts = names.flatMap { name in
        ["kl", "rkl"].compactMap { reference -> Markup? in
          let points = findings.points.compactMap { point -> PointChart.Point? in
            guard let x = point.value(reference), let y = point.value(name) else { return nil }
            return PointChart.Point(name: point.name, x: x, y: y, group: places[point.group] ?? 0)
          }
          guard points.count > 1 else { return nil }
          let chart = PointChart(
            description: "\(name) against \(Self.title(reference)) of \(points.count) models",
            xTitle: "\(Self.title(reference)), nats an image", yTitle: Self.title(name), points: points)
          return figure("\(Self.title(name)) against \(Self.title(reference))", "", chart.markup)
        }
      }
      guard !charts.isEmpty else { return "" }
      return """
        <section><h2>\(extractor.isEmpty ? "CAS" : "Metrics by \(extractor)") against the divergences</h2>
        <div class="charts">\(charts)</div></section>

        """
    }
    return "\(sections)"
  }

  /// Heat maps of τ and ρ for each extractor, with the pairs and their intervals.
  private var matrices: Markup {
    let maps = extractors.filter { !$0.isEmpty }.map { extractor -> Markup in
      let columns =
        ["kl", "rkl"] + findings.metricNames.filter { Self.extractor($0) == extractor || Self.extractor($0).isEmpty }
      let names = columns.filter { name in findings.agreement.contains { $0.first == name || $0.second == name } }
      func map(_ title: String, _ of: (CorrelationEntry) -> Correlation?) -> Markup {
        let values = names.map { row in
          names.map { column -> Double? in
            if row == column { return 1 }
            return findings.agreement.first {
              ($0.first, $0.second) == (row, column) || ($0.second, $0.first) == (row, column)
            }.flatMap { of($0)?.value }
          }
        }
        return HeatMap(title: "\(title) between metrics by \(extractor)", names: names.map(Self.title), values: values)
          .markup
      }
      return """
        <section><h2>Who orders alike, by \(extractor)</h2>
        <p>Every column is turned so that lower is better: 1 is the same order as KL.</p>
        <h3>Kendall’s τ-b</h3>
        \(map("Kendall’s τ-b", { $0.kendall }))<h3>Spearman’s ρ</h3>
        \(map("Spearman’s ρ", { $0.spearman }))</section>

        """
    }
    let rows = findings.agreement.map { entry -> Markup in
      let cells = [entry.kendall, entry.spearman].map { found -> Markup in
        let range = found?.interval.map {
          "\(NumberText.fixed($0.low, decimals: 2)) to \(NumberText.fixed($0.high, decimals: 2))"
        }
        return """
          <td class="number">\(NumberText.fixed(found?.value, decimals: 3))<small>\(range ?? "")</small></td>
          """
      }
      return """
        <tr><th scope="row">\(entry.first)</th><td>\(breakable: entry.second)</td><td class="number">\(entry.rows)</td>\(cells)</tr>

        """
    }
    return """
      \(maps)<section aria-labelledby="pairs"><h2 id="pairs">All pairs</h2>
      <div class="scroll" role="group" aria-labelledby="pairs" tabindex="0"><table class="sortable">
      <caption><span>With 95 % bootstrap intervals over trainings, of which all points are drawn together.</span></caption>
      <thead><tr><th scope="col">First</th><th scope="col">Second</th><th scope="col" class="number">Points</th>\
      <th scope="col" class="number">Kendall’s τ-b</th><th scope="col" class="number">Spearman’s ρ</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div></section>

      """
  }

  private var volatilityTable: Markup {
    guard let margin = findings.margin else { return "" }
    let rows = findings.volatility.map { entry -> Markup in
      """
      <tr><th scope="row">\(breakable: entry.metric)</th><td class="number">\(NumberText.grouped(entry.ranks.nearPairs))</td>\
      <td class="number">\(NumberText.percent(entry.ranks.shift, decimals: 0))</td>\
      <td class="number">\(NumberText.grouped(entry.ranks.clearPairs))</td>\
      <td class="number">\(NumberText.grouped(entry.ranks.flips))</td></tr>

      """
    }
    let flips = findings.flips.map { flip -> Markup in
      """
      <tr><th scope="row">\(breakable: flip.metric)</th><td>\(breakable: flip.better)</td><td>\(breakable: flip.worse)</td>\
      <td class="number">\(NumberText.percent(flip.shift, decimals: 0))</td></tr>

      """
    }
    let list: Markup =
      flips.isEmpty
      ? ""
      : """
      <div class="scroll" role="group" aria-label="Rank flips" tabindex="0"><table class="sortable">
      <caption><span>The widest rank flips between models of nearly equal KL.</span></caption>
      <thead><tr><th scope="col">Metric</th><th scope="col">Better by KL</th><th scope="col">Better by the metric</th>\
      <th scope="col" class="number">Places between them</th></tr></thead>
      <tbody>
      \(flips)</tbody></table></div>
      """
    return """
      <section aria-labelledby="volatility"><h2 id="volatility">Volatility</h2>
      <div class="scroll" role="group" aria-labelledby="volatility" tabindex="0"><table class="sortable">
      <caption><span>Near pairs have KLs that differ by at most \(NumberText.significant(margin)) nats: how far apart the metric \
      puts them, as a share of the ranking (a third is chance). Clear pairs have KLs whose intervals do not meet: how many of \
      them the metric orders the other way round.</span></caption>
      <thead><tr><th scope="col">Metric</th><th scope="col" class="number">Near pairs</th>\
      <th scope="col" class="number">Mean distance</th><th scope="col" class="number">Clear pairs</th>\
      <th scope="col" class="number">Flipped</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      \(list)</section>

      """
  }

  /// Divergences and metrics over the epochs, or over the time, of trainings with several points.
  private var courses: Markup {
    let axis: (title: String, value: (StudyFindings.Point) -> Double?)? =
      findings.points.contains { $0.epoch != nil }
      ? ("epochs", { $0.epoch }) : findings.points.contains { $0.seconds != nil } ? ("seconds", { $0.seconds }) : nil
    guard let axis else { return "" }
    let charts = (["kl", "rkl"] + findings.metricNames).compactMap { name -> Markup? in
      let series = groups.compactMap { group -> LineChart.Series? in
        let points = findings.points.filter { $0.group == group }.compactMap { point -> LineChart.Point? in
          guard let x = axis.value(point), let y = point.value(name) else { return nil }
          return LineChart.Point(x: x, y: y)
        }.sorted { $0.x < $1.x }
        return points.count > 1 ? LineChart.Series(name: group, points: points) : nil
      }
      guard !series.isEmpty else { return nil }
      let chart = LineChart(
        description: "\(name) over the training", labels: LineChart.Labels(x: axis.title, y: name, yFormat: .number),
        series: series, size: .medium)
      return figure("\(name)", "", chart.markup)
    }
    return charts.isEmpty
      ? "" : "<section><h2>Over the training</h2>\n<div class=\"charts\">\(charts)</div></section>\n"
  }
}
