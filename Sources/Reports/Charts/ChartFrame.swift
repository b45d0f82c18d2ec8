import Foundation

/// The frame of a chart: two axes with their marks and titles around a picture. Text has the size of the page where the
/// picture has its own width; on a narrow screen the reader scrolls instead of guessing at tiny letters.
struct ChartFrame {
  struct Axis {
    let title: String
    let scale: AxisScale
    var format = AxisFormat.number
  }

  struct Size {
    var width = 640.0
    var height = 340.0
    var left = 64.0
    var right = 16.0
    var top = 12.0
    var bottom = 46.0

    var horizontal: (from: Double, to: Double) { (left, width - right) }
    /// Upwards.
    var vertical: (from: Double, to: Double) { (height - bottom, top) }
  }

  let size: Size
  let x: Axis
  let y: Axis

  /// - Parameter description: what a reader who cannot see the picture needs to know.
  func markup(_ description: String, _ content: Markup) -> Markup {
    Self.picture(
      size.width, size.height, description,
      """
      \(grid)\(content)
      """)
  }

  /// An SVG picture that shrinks no further than its letters can be read.
  static func picture(_ width: Double, _ height: Double, _ description: String, _ content: Markup) -> Markup {
    """
    <div class="chart" role="group" aria-label="Chart" tabindex="0"><svg viewBox="0 0 \(coordinate(width)) \(coordinate(height))" \
    width="\(coordinate(width))" height="\(coordinate(height))" style="min-width:\(coordinate(width * 0.8))px" role="img" aria-label="\(description)">
    \(content)
    </svg></div>

    """
  }

  private var grid: Markup {
    let (left, right) = (size.left, size.width - size.right)
    let bottom = size.height - size.bottom
    let rows = y.scale.ticks.map { tick -> Markup in
      let place = y.scale.place(tick)
      return """
        <path class="grid" d="M\(coordinate(left)) \(coordinate(place))H\(coordinate(right))"/>\
        <text class="mark" x="\(coordinate(left - 8))" y="\(coordinate(place + 4))" text-anchor="end">\
        \(y.format.text(tick, among: y.scale.ticks))</text>

        """
    }
    // Marks that lie close keep their ticks, and the last of them its number.
    var free = Double.infinity
    let columns = x.scale.ticks.reversed().map { tick -> Markup in
      let place = x.scale.place(tick)
      let text = x.format.text(tick, among: x.scale.ticks)
      let half = 3.5 * Double(text.count)
      var number: Markup = ""
      if place + half <= free {
        free = place - half - 4
        number = """
          <text class="mark" x="\(coordinate(place))" y="\(coordinate(bottom + 19))" text-anchor="middle">\(text)</text>
          """
      }
      return """
        <path class="grid" d="M\(coordinate(place)) \(coordinate(bottom))v5"/>\(number)

        """
    }
    let middle = (size.top + bottom) / 2
    return """
      \(rows)\(columns)<text class="mark" x="\(coordinate((left + right) / 2))" y="\(coordinate(size.height - 6))" \
      text-anchor="middle">\(x.title)</text><text class="mark" transform="translate(13 \(coordinate(middle))) rotate(-90)" \
      text-anchor="middle">\(y.title)</text>

      """
  }
}

/// A coordinate with a tenth of a pixel.
func coordinate(_ value: Double) -> String {
  let text = String(format: "%.1f", value.isFinite ? value : 0)
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
