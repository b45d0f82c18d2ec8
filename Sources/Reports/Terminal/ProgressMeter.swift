/// How far a long task is, for stderr: one line that updates itself on a terminal, otherwise a plain line now and then.
///
/// A value, so it belongs to the one thread that drives the task. Rate and remaining time are means since the start, not
/// of the last moments.
package struct ProgressMeter: Sendable {
  package enum Style: Sendable, Equatable {
    case quiet
    /// A line at each tenth of the task, and otherwise every ten seconds; never two within a second.
    case lines
    /// One line of at most so many columns, drawn again ten times a second.
    case updating(columns: Int)
  }

  private let title: String
  private let total: Int
  private let unit: String
  private let start: Int
  private let style: Style
  private let clock: @Sendable () -> Double
  private let sink: @Sendable (String) -> Void
  private let began: Double
  private var lastShown: Double
  private var lastTenth: Int
  private var hasLine = false

  /// - Parameters:
  ///   - unit: what is counted, in the plural: "images".
  ///   - start: what was done before, by a run that this one continues.
  ///   - clock: a time in seconds that never goes back.
  ///   - sink: takes what is to be written, line ends included.
  package init(
    _ title: String, total: Int, unit: String, start: Int = 0, style: Style,
    clock: @escaping @Sendable () -> Double, sink: @escaping @Sendable (String) -> Void
  ) {
    self.title = title.printable
    self.total = max(total, 0)
    self.unit = unit
    self.start = start
    self.style = style
    self.clock = clock
    self.sink = sink
    began = clock()
    lastShown = style == .lines ? began : -.infinity
    lastTenth = total > 0 ? Int(10 * Double(start) / Double(total)) : 0
  }
}

extension ProgressMeter {
  /// Says that `done` of the total is done; `note` is a short extra such as the loss.
  package mutating func update(_ done: Int, note: String = "") {
    let now = clock()
    switch style {
    case .quiet: return
    case .lines:
      let tenth = Int(10 * fraction(done))
      guard now - lastShown >= 10 || (tenth > lastTenth && now - lastShown >= 1) else { return }
      lastTenth = tenth
      sink(([summary(done, now: now)] + (note.isEmpty ? [] : [note.printable])).joined(separator: ", ") + "\n")
    case .updating(let columns):
      guard now - lastShown >= 0.1 else { return }
      sink("\r" + line(done, now: now, note: note.printable, columns: columns) + "\u{1B}[K")
      hasLine = true
    }
    lastShown = now
  }

  /// Says that the task is over, with the time that it took.
  package mutating func finish(note: String = "") {
    guard style != .quiet else { return }
    let seconds = clock() - began
    let text = "\(title): \(NumberText.grouped(total)) \(unit) in \(NumberText.duration(seconds))"
    let rate = seconds > 0 ? " (\(NumberText.rate(Double(max(total - start, 0)) / seconds))/s)" : ""
    say(text + rate + (note.isEmpty ? "" : ", \(note.printable)"))
  }

  /// Takes the line away, for a task that was broken off.
  package mutating func clear() {
    if hasLine { sink("\r\u{1B}[K") }
    hasLine = false
  }

  /// Writes a message on lines of its own, also in the quiet style, because it may be a warning.
  package mutating func say(_ message: String) {
    sink((hasLine ? "\r\u{1B}[K" : "") + message + "\n")
    hasLine = false
    lastShown = style == .lines ? lastShown : -.infinity
  }

  private func fraction(_ done: Int) -> Double {
    total == 0 ? 1 : min(max(Double(done) / Double(total), 0), 1)
  }

  /// Per second, nil before anything was done.
  private func rate(_ done: Int, now: Double) -> Double? {
    done > start && now > began ? Double(done - start) / (now - began) : nil
  }

  private func summary(_ done: Int, now: Double) -> String {
    let counts = "\(NumberText.grouped(done)) of \(NumberText.grouped(total)) \(unit)"
    return (["\(title): \(percent(done))", counts] + pace(done, now: now)).joined(separator: ", ")
  }

  private func percent(_ done: Int) -> String { "\(Int(100 * fraction(done))) %" }

  private func pace(_ done: Int, now: Double) -> [String] {
    guard let rate = rate(done, now: now) else { return [] }
    return ["\(NumberText.rate(rate))/s", "\(NumberText.duration(Double(max(total - done, 0)) / rate)) left"]
  }

  /// Title, bar and figures in at most `columns − 1` columns; the bar goes first if there is no room, then the note.
  private func line(_ done: Int, now: Double, note: String, columns: Int) -> String {
    let room = max(columns - 1, 1)
    let counts = "\(NumberText.grouped(done))/\(NumberText.grouped(total)) \(unit)"
    var figures = [percent(done).padded(to: 5, atStart: true), counts] + pace(done, now: now)
    if !note.isEmpty, (title.columns + 2 + (figures + [note]).joined(separator: "  ").columns) <= room {
      figures.append(note)
    }
    let text = figures.joined(separator: "  ")
    let barWidth = min(room - title.columns - text.columns - 4, 30)
    guard barWidth >= 6 else { return "\(title)  \(text)".truncated(to: room) }
    return "\(title)  \(TextBar.draw(fraction(done), width: barWidth))  \(text)"
  }
}
