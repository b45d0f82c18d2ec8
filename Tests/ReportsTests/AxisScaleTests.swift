import Foundation
import Metrics
import Reports
import Testing

/// What holds for every scale, whatever the numbers are.
@Suite struct AxisScaleTests {
  private static let sets: [[Double]] = [
    [], [0.3], [0.5, 0.5, 0.5], [0], [-3, -3], [.nan], [.nan, .infinity, 0.2], [0, 1], [0.7187, 0.7309], [1e-9, 2e-9],
    [1e12, 5e12], [-1, 1], [0.1, 0.1 + 1e-15], [500, 1000, 20000], [-.infinity, .infinity], [1e301, 2], [3, 1, 2],
  ]

  @Test(arguments: sets, [AxisScale.Kind.linear, .logarithmic])
  func marksLieInTheDomainAndRise(values: [Double], kind: AxisScale.Kind) {
    let scale = AxisScale(values, kind: kind, from: 10, to: 110)
    #expect(scale.domain.lowerBound < scale.domain.upperBound)
    #expect((2...12).contains(scale.ticks.count), "\(scale.ticks)")
    #expect(zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0 < $1 })
    for tick in scale.ticks { #expect((9.999...110.001).contains(scale.place(tick)), "\(tick)") }
    for value in values { #expect((10...110).contains(scale.place(value)), "\(value)") }
    for value in values where value.isFinite && abs(value) < 1e300 && (kind == .linear || value > 0) {
      #expect(
        scale.domain.contains(value) || abs(scale.place(value) - 10) < 1e-6 || abs(scale.place(value) - 110) < 1e-6)
    }
  }

  @Test func placesKeepTheOrderAndTheEnds() {
    let up = AxisScale([0, 1], from: 300, to: 20)
    #expect(up.place(0) == 300 && up.place(1) == 20 && up.place(0.25) == 230)
    let decades = AxisScale([1, 100], kind: .logarithmic, from: 0, to: 100)
    #expect(abs(decades.place(10) - 50) < 1e-9)
    #expect(up.place(.nan) == 300)
  }

  @Test func marksAreWhereTheyAreAskedFor() {
    let scale = AxisScale([250, 4000], kind: .logarithmic, from: 0, to: 1).marked(at: [4000, 250, 1000, 250, 9000])
    #expect(scale.ticks == [250, 1000, 4000] && scale.place(1000) == 0.5)
  }

  @Test func limitsHold() {
    let scale = AxisScale([0.02, 0.998], from: 0, to: 1, limits: 0...1)
    #expect(scale.domain == 0...1 && scale.ticks.first == 0 && scale.ticks.last == 1)
    let only = AxisScale([1], from: 0, to: 1, limits: 0...1)
    #expect(only.domain.upperBound <= 1 && only.domain.lowerBound >= 0)
  }

  @Test(
    arguments: [
      ([0, 0.5, 1], AxisFormat.percent, ["0\u{A0}%", "50\u{A0}%", "100\u{A0}%"]),
      ([0.715, 0.72], .percent, ["71.5\u{A0}%", "72.0\u{A0}%"]),
      ([0, 2000, 12000], .number, ["0", "2,000", "12,000"]),
      ([0.2, 0.25], .number, ["0.20", "0.25"]), ([-1, 0.5], .number, ["−1.0", "0.5"]),
    ] as [([Double], AxisFormat, [String])])
  func marksAreWritten(ticks: [Double], format: AxisFormat, expected: [String]) {
    #expect(ticks.map { format.text($0, among: ticks) } == expected)
  }
}

/// Charts of awkward data: they hold no number that is not one, and say in words what they show.
@Suite struct ChartTests {
  private func check(_ markup: Markup, _ comment: Comment) {
    let text = markup.text
    #expect(text.contains("<svg") && text.contains("role=\"img\"") && text.contains("aria-label=\""), comment)
    #expect(!text.contains("nan") && !text.contains("inf"), comment)
  }

  @Test(arguments: [[], [0.5], [0.5, 0.5], [.nan, 0.3], [0, 1, 0.2, 1e-7]] as [[Double]])
  func lines(values: [Double]) {
    for kind in [AxisScale.Kind.linear, .logarithmic] {
      let points = values.enumerated().map {
        LineChart.Point(
          x: Double($0.offset), y: $0.element, interval: Interval(low: $0.element - 0.1, high: $0.element))
      }
      let chart = LineChart(
        description: "d", labels: .init(x: "x", y: "y"),
        series: [.init(name: "<a>", points: points), .init(name: "", points: [])], xKind: kind)
      check(chart.markup, "\(values)")
      #expect(!chart.markup.text.contains("<a>"))
    }
  }

  @Test func namesAtTheEndsOfLinesDoNotMeet() {
    let places = LineChart.spread([100, 101, 50, 102], apart: 15, within: 0...200)
    #expect(zip(places.sorted(), places.sorted().dropFirst()).allSatisfy { $1 - $0 >= 15 - 1e-9 })
    // The order stays.
    #expect(places[2] < places[0] && places[0] < places[1] && places[1] < places[3])
    #expect(LineChart.spread([], apart: 15, within: 0...200).isEmpty)
    // Only those that meet are moved, and none out of the picture.
    let end = LineChart.spread([12, 290, 291, 292, 293, 294], apart: 15, within: 10...300)
    #expect(end == [12, 240, 255, 270, 285, 300])
    #expect(zip(end, end.dropFirst()).allSatisfy { $1 - $0 >= 15 - 1e-9 } && end.allSatisfy { (10...300).contains($0) })
    #expect(LineChart.spread([100, 101], apart: 15, within: 0...200) == [93, 108])
    #expect(LineChart.spread([5, 5], apart: 15, within: 0...200) == [0, 15])
  }

  /// Colour and dash together tell twelve lines apart.
  @Test func linesLookDifferent() {
    let series = (0..<12).map { LineChart.Series(name: "\($0)", points: [.init(x: 0, y: 0.1), .init(x: 1, y: 0.5)]) }
    let text = LineChart(description: "d", labels: .init(x: "x", y: "y"), series: series).markup.text
    let looks = text.matches(of: /class="series (s\d d\d)"/).map(\.output.1)
    #expect(looks.count == 12 && Set(looks).count == 12)
  }

  /// Charts side by side have one scale, and a number is left out where it would meet the next one.
  @Test func sharedScalesAndCrowdedMarks() {
    func chart(_ x: [Double], alongside: [LineChart.Series] = []) -> String {
      LineChart(
        description: "d", labels: .init(x: "x", y: "y"),
        series: [.init(name: "a", points: x.map { .init(x: $0, y: 0.5) })], xKind: .logarithmic, alongside: alongside,
        marksAtPoints: true
      ).markup.text
    }
    let other = LineChart.Series(name: "b", points: [.init(x: 100, y: 0.9)])
    #expect(
      chart([100, 1000], alongside: [other]).contains(">90\u{A0}%<") && !chart([100, 1000]).contains(">90\u{A0}%<"))
    let crowded = chart([100, 990, 1000])
    #expect(crowded.contains(">1,000<") && crowded.contains(">100<") && !crowded.contains(">990<"))
  }

  @Test func scatter() {
    for points in [[], [(0.5, 0.5)], [(.nan, 0.2), (0.1, 0.9)], [(1, 0), (1, 0)]] as [[(Double, Double)]] {
      check(
        ScatterChart(
          description: "d", xTitle: "x", yTitle: "y",
          points: points.map { .init(name: "&\($0)", x: $0.0, y: $0.1, isWorse: true) }
        ).markup, "\(points)")
    }
  }

  @Test(arguments: [1, 2, 12, 13, 30])
  func confusion(classes: Int) {
    var counts = [Int](repeating: 0, count: classes * classes)
    for index in stride(from: 0, to: counts.count, by: 3) { counts[index] = index }
    let matrix = ConfusionMatrix(classNames: (0..<classes).map { "c\($0)" }, counts: counts)
    check(ConfusionChart(result: "r", matrix).markup, "\(classes)")
  }

  @Test func reliability() {
    check(ReliabilityChart(description: "d", bins: []).markup, "empty")
    check(
      ReliabilityChart(
        description: "d", bins: (0..<15).map { .init(images: $0 % 2, confidence: Double($0 % 2) / 15) }
      ).markup, "half empty")
  }
}

@Suite struct ConfusionGroupsTests {
  /// Classes 0, 1 and 2 are taken for one another, 3 and 4 too, 5 is not confused.
  private let table = ConfusionMatrix(
    classNames: ["a", "b", "c", "d", "e", "f"],
    counts: [
      70, 20, 10, 0, 0, 0,
      15, 80, 5, 0, 0, 0,
      0, 9, 90, 1, 0, 0,
      0, 0, 0, 60, 40, 0,
      0, 0, 0, 2, 98, 0,
      0, 0, 0, 0, 0, 100,
    ])

  @Test func pairsAreTheMostFrequentMistakes() {
    let pairs = ConfusionGroups(table, pairs: 3).pairs
    #expect(pairs.map(\.count) == [40, 20, 15])
    #expect(pairs[0].label == 3 && pairs[0].predicted == 4 && pairs[0].share == 0.4)
  }

  @Test func groupsAreOfClassesThatAreConfused() {
    let groups = ConfusionGroups(table).groups
    #expect(groups.map(\.members) == [[0, 1, 2], [3, 4]])
    #expect(groups.map(\.inside) == [59, 42] && groups.map(\.wrong) == [60, 42])
    #expect(ConfusionGroups(table, mostMembers: 2).groups.map(\.members) == [[3, 4], [0, 1]])
  }

  @Test func nothingConfusedIsNothing() {
    let clean = ConfusionMatrix(classNames: ["a", "b"], counts: [5, 0, 0, 5])
    #expect(ConfusionGroups(clean).pairs.isEmpty && ConfusionGroups(clean).groups.isEmpty)
    let empty = ConfusionMatrix(classNames: ["a", "b"], counts: [0, 0, 0, 0])
    #expect(ConfusionGroups(empty).pairs.isEmpty)
  }
}
