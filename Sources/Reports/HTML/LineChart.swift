import Foundation

/// Lines over a common axis as an SVG picture. They differ by their dashes and have their names at their ends, so that no
/// colour is needed to tell them apart.
struct LineChart {
  struct Series {
    let name: String
    let points: [(x: Double, y: Double)]
  }

  let title: String
  let series: [Series]
  /// Points with the line y = x instead of lines.
  var hasDiagonal = false

  private static let (width, height) = (720.0, 360.0)
  private static let (left, right, top, bottom) = (64.0, 150.0, 16.0, 36.0)
  private static let dashes = ["", "7 4", "2 3", "9 3 2 3", "12 5"]

  private var all: [(x: Double, y: Double)] { series.flatMap(\.points) }

  /// Over more than a factor of twenty the axis is logarithmic.
  private var isLogarithmic: Bool {
    guard let low = all.map(\.x).min(), let high = all.map(\.x).max() else { return false }
    return low > 0 && high / low > 20
  }

  var markup: Markup {
    guard all.count > 1 else { return "" }
    let names = series.map(\.name).joined(separator: ", ")
    return """
      <svg viewBox="0 0 720 360" width="720" role="img" aria-label="\(title): \(names)" \
      style="max-width:100%;height:auto" fill="none" stroke="currentColor" font-size="12">
      \(grid)\(diagonal)\(series.enumerated().map { hasDiagonal ? dots($0.element) : line($0.element, number: $0.offset) })</svg>
      """
  }

  private var vertical: Axis { Axis(all.map(\.y) + (hasDiagonal ? all.map(\.x) : [])) }

  private var horizontal: ClosedRange<Double> {
    let places = all.map { isLogarithmic ? log($0.x) : $0.x }
    let (low, high) = (places.min() ?? 0, places.max() ?? 1)
    return high > low ? low...high : low - 0.5...high + 0.5
  }

  /// A range between two round numbers, and the round numbers in it.
  private struct Axis {
    let ticks: [Double]
    let decimals: Int
    var low: Double { ticks[0] }
    var high: Double { ticks[ticks.count - 1] }

    init(_ values: [Double]) {
      let (low, high) = (values.min() ?? 0, values.max() ?? 1)
      let least = high > low ? (high - low) / 4 : max(abs(high), 1) / 4
      let power = pow(10, log10(least).rounded(.down))
      let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= least * 0.999 } ?? 10 * power
      let first = (low / step).rounded(.down)
      let last = max((high / step).rounded(.up), first + 1)
      ticks = stride(from: first, through: last, by: 1).map { $0 * step }
      decimals = min(max(-Int(log10(step).rounded(.down)), 0), 9)
    }
  }

  private var grid: Markup {
    let axis = vertical
    let rows = axis.ticks.map { level -> Markup in
      """
      <path d="M\(number(Self.left)) \(number(y(level)))H\(number(Self.width - Self.right))" stroke="var(--line)"/>\
      <text x="\(number(Self.left - 8))" y="\(number(y(level) + 4))" text-anchor="end" fill="var(--muted)" stroke="none">\
      \(NumberText.fixed(level, decimals: axis.decimals))</text>

      """
    }
    let places = Set(all.map(\.x)).sorted()
    let step = max(1, (places.count + 7) / 8)
    let marks =
      hasDiagonal
      ? axis.ticks.filter(horizontal.contains) : stride(from: 0, to: places.count, by: step).map { places[$0] }
    let columns = marks.map { mark -> Markup in
      """
      <text x="\(number(x(mark)))" y="\(number(Self.height - 12))" text-anchor="middle" fill="var(--muted)" \
      stroke="none">\(NumberText.plain((mark * 100).rounded() / 100))</text>

      """
    }
    return "\(rows)\(columns)"
  }

  private var diagonal: Markup {
    guard hasDiagonal else { return "" }
    let low = max(horizontal.lowerBound, vertical.low)
    let high = min(horizontal.upperBound, vertical.high)
    return """
      <path d="M\(number(x(low))) \(number(y(low)))L\(number(x(high))) \(number(y(high)))" stroke="var(--muted)"/>

      """
  }

  private func dots(_ series: Series) -> Markup {
    let marks = series.points.map { point -> Markup in
      "<circle cx=\"\(number(x(point.x)))\" cy=\"\(number(y(point.y)))\" r=\"2.5\" fill=\"currentColor\" stroke=\"none\"/>\n"
    }
    return "\(marks)"
  }

  private func line(_ series: Series, number index: Int) -> Markup {
    guard let last = series.points.last else { return "" }
    let path = series.points.enumerated().map { place, point in
      "\(place == 0 ? "M" : "L")\(number(x(point.x))) \(number(y(point.y)))"
    }.joined()
    return """
      <path d="\(path)" stroke-width="2" stroke-dasharray="\(Self.dashes[index % Self.dashes.count])"/>\
      <text x="\(number(x(last.x) + 8))" y="\(number(y(last.y) + 4))" fill="currentColor" stroke="none">\(series.name)</text>

      """
  }

  private func x(_ value: Double) -> Double {
    let place = isLogarithmic ? log(value) : value
    let share = (place - horizontal.lowerBound) / (horizontal.upperBound - horizontal.lowerBound)
    return Self.left + 12 + share * (Self.width - Self.left - Self.right - 24)
  }

  private func y(_ value: Double) -> Double {
    let share = (value - vertical.low) / (vertical.high - vertical.low)
    return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
