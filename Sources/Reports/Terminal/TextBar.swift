/// A horizontal bar of block characters.
enum TextBar {
  /// - Parameters:
  ///   - fraction: how much is filled, 0...1; empty if nil.
  ///   - mark: where a thin line stands, if the bar does not cover it.
  ///   - width: the columns of the whole bar.
  static func draw(_ fraction: Double?, mark: Double? = nil, width: Int) -> String {
    let eighths = Int((min(max(fraction ?? 0, 0), 1) * Double(width * 8)).rounded())
    let partial: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    var cells = [Character](repeating: " ", count: width)
    for cell in 0..<width { cells[cell] = eighths >= (cell + 1) * 8 ? "█" : partial[max(eighths - cell * 8, 0)] }
    if let mark, width > 0 {
      let cell = min(max(Int(mark * Double(width)), 0), width - 1)
      if cells[cell] == " " { cells[cell] = "│" }
    }
    return String(cells)
  }
}
