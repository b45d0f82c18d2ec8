import Reports
import Synchronization
import Testing

/// What a meter wrote, under a clock that the test moves.
private final class Recorder: Sendable {
  private let state = Mutex((time: 0.0, text: ""))
  var text: String { state.withLock { $0.text } }

  func meter(_ total: Int, start: Int = 0, _ style: ProgressMeter.Style) -> ProgressMeter {
    ProgressMeter(
      "Training cvae", total: total, unit: "steps", start: start, style: style,
      clock: { self.state.withLock { $0.time } }, sink: { text in self.state.withLock { $0.text += text } })
  }

  func wait(_ seconds: Double) { state.withLock { $0.time += seconds } }
}

@Suite struct ProgressMeterTests {
  @Test func plainLinesAtTenthsAndEveryTenSeconds() {
    let recorder = Recorder()
    var meter = recorder.meter(1000, .lines)
    for step in 1...1000 {
      recorder.wait(0.05)
      meter.update(step)
    }
    meter.finish()
    let lines = recorder.text.split(separator: "\n")
    // A tenth takes five seconds: one line for each, and one for the end.
    #expect(lines.count == 11)
    #expect(lines[0] == "Training cvae: 10 %, 100 of 1,000 steps, 20.0/s, 0:45 left")
    #expect(lines[10] == "Training cvae: 1,000 steps in 0:50 (20.0/s)")
    #expect(!recorder.text.contains("\u{1B}") && !recorder.text.contains("\r"))
  }

  @Test func slowTasksSpeakEveryTenSecondsAndFastOnesAtMostOnceASecond() {
    let slow = Recorder()
    var meter = slow.meter(1_000_000, .lines)
    for step in 1...25 {
      slow.wait(1)
      meter.update(step, note: "loss 0.42")
    }
    #expect(slow.text.split(separator: "\n").count == 2)
    #expect(slow.text.contains("1.00/s, 277:46:30 left, loss 0.42\n"))
    let fast = Recorder()
    var quick = fast.meter(100, .lines)
    for step in 1...100 {
      fast.wait(0.001)
      quick.update(step)
    }
    #expect(fast.text.isEmpty)
  }

  @Test(arguments: [30, 60, 80, 120])
  func oneLineIsUpdatedAndFits(columns: Int) {
    let recorder = Recorder()
    var meter = recorder.meter(2940, .updating(columns: columns))
    for step in 1...1000 {
      recorder.wait(0.01)
      meter.update(step, note: "loss 0.4211")
    }
    let lines = recorder.text.split(separator: "\r")
    #expect(lines.count > 90 && lines.count <= 101)
    #expect(lines.allSatisfy { $0.replacing("\u{1B}[K", with: "").count < columns })
    #expect(!recorder.text.contains("\n"))
    meter.say("a warning")
    #expect(recorder.text.hasSuffix("\r\u{1B}[Ka warning\n"))
    if columns == 120 { #expect(recorder.text.contains("█") && recorder.text.contains("loss 0.4211")) }
  }

  @Test func quietIsQuietExceptForMessages() {
    let recorder = Recorder()
    var meter = recorder.meter(10, .quiet)
    recorder.wait(100)
    meter.update(5)
    meter.finish()
    #expect(recorder.text.isEmpty)
    meter.say("a warning")
    #expect(recorder.text == "a warning\n")
  }

  @Test func aContinuedTaskCountsOnlyItsOwnWork() {
    let recorder = Recorder()
    var meter = recorder.meter(200, start: 100, .lines)
    recorder.wait(10)
    meter.update(150)
    #expect(recorder.text == "Training cvae: 75 %, 150 of 200 steps, 5.00/s, 0:10 left\n")
  }

  @Test func nothingToDo() {
    let recorder = Recorder()
    var meter = recorder.meter(0, .updating(columns: 80))
    meter.update(0)
    meter.update(-5)
    meter.finish()
    #expect(recorder.text.hasSuffix("Training cvae: 0 steps in 0:00\n"))
  }
}
