import Foundation

extension HTMLPage {
  /// Accuracy against the number of images: a chart with a line for each set, and the same as a table.
  var curvesSection: Markup {
    guard let curves = report.curves, !curves.isEmpty else { return "" }
    return """
      <section aria-labelledby="curves">
      <h2 id="curves">Accuracy against the number of images</h2>
      \(CurveChart(curves).markup)
      <div class="scroll" role="region" aria-labelledby="curves" tabindex="0">
      <table>
      <caption><span>Top-1 in percent, with 95 % intervals for the number of test images; worth is the number of real \
      images that teach as much as one of the set. The limit is that of a power law, with its 95 % bootstrap interval \
      over test images and seeds.</span></caption>
      <thead><tr><th scope="col">Set</th><th scope="col" class="number">Images</th>\
      <th scope="col" class="number">Top-1</th><th scope="col" class="number">Worth</th>\
      <th scope="col" class="number">Limit</th></tr></thead>
      <tbody>
      \(curves.flatMap { curve in curve.points.map { row(of: $0, in: curve) } })</tbody>
      </table>
      </div>
      </section>

      """
  }

  private func row(of point: CurveEntry.Point, in curve: CurveEntry) -> Markup {
    let isLast = point == curve.points.last
    let limit: Markup =
      isLast
      ? curve.fit.map { fit in
        """
        \(NumberText.hundredths(fit.limit, decimals: 1))<small>\(NumberText.range(fit.interval, decimals: 1))</small>
        """
      } ?? "" : ""
    let worth: String =
      switch point.worth?.outside {
      case "below": "below the real curve"
      case "above": "above the real curve"
      default: point.worth == nil ? "" : NumberText.fixed(point.worth?.realImages, decimals: 2)
      }
    return """
      <tr><th scope="row">\(curve.name)</th><td class="number">\(NumberText.grouped(point.size))</td>\
      <td class="number">\(NumberText.hundredths(point.top1, decimals: 2))\
      <small>\(NumberText.range(point.interval, decimals: 2))</small></td>\
      <td class="number">\(worth)</td><td class="number">\(limit)</td></tr>

      """
  }
}

/// Curves over a logarithmic axis as an SVG picture. Lines differ by their dashes and have their names at their ends,
/// so that no colour is needed to tell them apart.
struct CurveChart {
  private static let (width, height) = (720.0, 320.0)
  private static let (left, right, top, bottom) = (48.0, 140.0, 16.0, 36.0)
  private static let dashes = ["", "7 4", "2 3", "9 3 2 3", "12 5"]

  private let curves: [CurveEntry]
  private let sizes: [Int]
  private let range: ClosedRange<Double>

  init(_ curves: [CurveEntry]) {
    self.curves = curves
    sizes = Set(curves.flatMap { $0.points.map(\.size) }).sorted()
    let bounds = curves.flatMap(\.points).flatMap { [$0.interval?.low ?? $0.top1, $0.interval?.high ?? $0.top1] }
    let low = ((bounds.min() ?? 0) * 20).rounded(.down) / 20
    range = low...max(((bounds.max() ?? 1) * 20).rounded(.up) / 20, low + 0.05)
  }

  var markup: Markup {
    let names = curves.map(\.name).joined(separator: ", ")
    return """
      <svg viewBox="0 0 720 320" width="720" role="img" aria-label="Top-1 against the number of images: \(names)" \
      style="max-width:100%;height:auto" fill="none" stroke="currentColor" font-size="12">
      \(grid)\(curves.enumerated().map { line(of: $0.element, number: $0.offset) })</svg>
      """
  }

  private var grid: Markup {
    let steps = Int(((range.upperBound - range.lowerBound) * 20).rounded())
    let stride = max(1, (steps + 5) / 6)
    let levels = (0...steps).filter { $0.isMultiple(of: stride) }.map { range.lowerBound + Double($0) / 20 }
    let rows = levels.map { level -> Markup in
      """
      <path d="M\(number(Self.left)) \(number(y(level)))H\(number(Self.width - Self.right))" stroke="var(--line)"/>\
      <text x="40" y="\(number(y(level) + 4))" text-anchor="end" fill="var(--muted)" stroke="none">\
      \(NumberText.hundredths(level, decimals: 0)) %</text>

      """
    }
    let columns = sizes.map { size -> Markup in
      """
      <text x="\(number(x(size)))" y="\(number(Self.height - 12))" text-anchor="middle" fill="var(--muted)" \
      stroke="none">\(NumberText.grouped(size))</text>

      """
    }
    return "\(rows)\(columns)"
  }

  private func line(of curve: CurveEntry, number index: Int) -> Markup {
    guard let last = curve.points.last else { return "" }
    let path = curve.points.enumerated().map { place, point in
      "\(place == 0 ? "M" : "L")\(number(x(point.size))) \(number(y(point.top1)))"
    }.joined()
    let bars = curve.points.compactMap { point in
      point.interval.map { "M\(number(x(point.size))) \(number(y($0.low)))V\(number(y($0.high)))" }
    }.joined()
    return """
      <path d="\(path)" stroke-width="2" stroke-dasharray="\(Self.dashes[index % Self.dashes.count])"/>\
      <path d="\(bars)" stroke="var(--muted)"/>\
      <text x="\(number(x(last.size) + 8))" y="\(number(y(last.top1) + 4))" fill="currentColor" stroke="none">\
      \(curve.name == "baseline" ? "real images" : curve.name)</text>

      """
  }

  private func x(_ size: Int) -> Double {
    let (low, high) = (log(Double(sizes.first ?? 1)), log(Double(sizes.last ?? 1)))
    let share = high > low ? (log(Double(size)) - low) / (high - low) : 0.5
    return Self.left + 16 + share * (Self.width - Self.left - Self.right - 32)
  }

  private func y(_ value: Double) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
