import Evaluation
import Foundation
import Metrics
import Reports
import Support
import Testing

@Suite struct SweepAxisTests {
  @Test(arguments: [
    ("truncation", ["t0.5", "t1.0", "cgan-trunc0.3"], [0.5, 1, 0.3]), ("guidance", ["guided1", "flow-3"], [1, 3]),
    ("x=4,-2.5", ["a", "b"], [4, -2.5]),
    // An exponent is a part of the number, and the e of a word is none.
    ("eta", ["eta1e-3", "a2.5E2", "guide3", "eta-1e-4"], [0.001, 250, 3, 0.0001]),
    // A sign or a dot after a letter or a digit is the name's.
    ("logsnr", ["logsnr-2", "logsnr_-2", "run1-2", "x--0.5", "set.7", "x_.5"], [2, -2, 2, -0.5, 7, 0.5]),
  ])
  func values(text: String, sets: [String], expected: [Double]) throws {
    let axis = try SweepAxis(parsing: text, convention: nil, sets: sets)
    #expect(sets.map { axis.values[$0] } == expected)
    #expect((axis.note == nil) == (axis.name != "truncation"))
  }

  /// In the order of the sets, as far as they have a value.
  @Test func whatWasReadIsSaid() throws {
    let axis = try SweepAxis(parsing: "eta", convention: nil, sets: ["a1e-3", "b2", "c_-0.5"])
    #expect(axis.reading(of: ["c_-0.5", "a1e-3", "b2"]) == "axis eta: c_-0.5 = -0.5, a1e-3 = 0.001, b2 = 2")
  }

  @Test(arguments: [
    ("t", ["half"]), ("", ["t1"]), ("t=1,2", ["a"]), ("t=1,x", ["a", "b"]), ("t=nan", ["a"]), ("t", ["a1e999"]),
    ("t", ["a1.2.3"]), ("t", ["a."]),
  ])
  func refused(text: String, sets: [String]) {
    #expect(throws: UsageError.self) { try SweepAxis(parsing: text, convention: nil, sets: sets) }
  }
}

@Suite struct PresetChoiceTests {
  @Test(arguments: [
    (PresetChoice.Facts(side: 32, isGrey: false, classes: 10, images: 50_000), "small-images", ""),
    (PresetChoice.Facts(side: 28, isGrey: true, classes: 10, images: 60_000), "grey-images", ""),
    (
      PresetChoice.Facts(side: 32, isGrey: false, classes: 100, images: 50_000), "small-images", "model: wrn-16-4"
    ),
    (PresetChoice.Facts(side: 40, isGrey: false, classes: 50, images: 50_000), "small-images", ""),
    (PresetChoice.Facts(side: 40, isGrey: true, classes: 51, images: 60_000), "grey-images", "model: resnet20"),
    (PresetChoice.Facts(side: 41, isGrey: true, classes: 51, images: 100_000), "images-64x64", ""),
    (PresetChoice.Facts(side: 64, isGrey: false, classes: 200, images: 100_000), "images-64x64", ""),
    (PresetChoice.Facts(side: 256, isGrey: false, classes: 1000, images: 1_281_167), "large-images", ""),
    (PresetChoice.Facts(side: 28, isGrey: true, classes: 10, images: 6000), "grey-images", "epochs: 33"),
    (PresetChoice.Facts(side: 28, isGrey: true, classes: 10, images: 20), "grey-images", "epochs: 200"),
  ])
  func byTheImages(facts: PresetChoice.Facts, preset: String, adjustment: String) throws {
    let choice = try PresetChoice(facts)
    #expect(choice.preset == preset && choice.reason.hasPrefix("\(preset), because the images are "))
    #expect(choice.reason.contains("epochs, because an epoch has only ") == adjustment.contains("epochs"))
    #expect(adjustment.isEmpty ? choice.adjustments.isEmpty : choice.adjustments.contains(adjustment), "\(choice)")
    var configuration = try Configuration()
    try configuration.overlay(yaml: try Preset.named(choice.preset).yaml, source: "p")
    try configuration.overlay(yaml: choice.adjustments, source: "c")
    _ = try configuration.experiment()
  }
}

@Suite struct GateTests {
  private func report(_ results: [ResultEntry]) -> Report {
    let test = DataEntry(
      path: "p", split: nil, images: 1, classes: 2, hash: "h", size: .init(width: 1, height: 1, channels: 1))
    return Report(
      RunFindings(results: results),
      Provenance(
        command: "train", version: "1", config: .null,
        machine: MachineDescription(
          cpu: "", threads: 1, instructionSet: "", precision: "fp32", blas: "", blasCore: "", memoryBytes: 1, os: ""),
        data: DataSection(real: .init(test: test, train: nil), synthetic: [:])))
  }

  private func entry(_ name: String, _ kind: ResultKind, top1: Double) -> ResultEntry {
    ResultEntry(
      name: name, kind: kind,
      scores: ScoreCard(
        top1: AccuracyScore(value: top1, interval: nil, perSeed: [top1], seedInterval: nil),
        relativeDrop: kind == .cas ? RelativeDrop(top1: 1 - top1, top5: nil) : nil,
        perClass: [
          ClassScore(name: "a", support: 5, top1: top1), ClassScore(name: "b", support: 5, top1: top1 / 2),
          ClassScore(name: "c", support: 0, top1: nil),
        ]), baseline: kind == .cas ? "baseline" : nil,
      difference: kind == .cas ? AccuracyDifference(value: top1 - 1, interval: nil) : nil)
  }

  @Test func thresholdsHoldUpToTheirOwnValue() throws {
    let report = report([
      entry("x", .cas, top1: 0.5), entry("baseline", .baseline, top1: 1), entry("x", .ganTest, top1: 0.1),
    ])
    var gate = Gate()
    (gate.minTop1, gate.maxDrop, gate.minClassTop1, gate.minDifference) = (0.5, 0.5, 0.25, -0.5)
    let passed = try gate.check(report, path: "p", names: [], version: "1")
    #expect(passed.holds && passed.results.count == 4 && passed.results.last?.note == "b")
    gate.minTop1 = 0.51
    let failed = try gate.check(report, path: "p", names: [], version: "1")
    #expect(!failed.holds && failed.results.count { !$0.holds } == 1)
    #expect(try gate.check(report, path: "p", names: ["x"], version: "1").results == failed.results)
  }

  /// 1 − 0.95 is a little more than 0.05, and the mean of three whole numbers of images a little less than 0.7.
  @Test func roundingMissesNoThreshold() throws {
    let report = report([entry("x", .cas, top1: 0.95), entry("baseline", .baseline, top1: 1)])
    var gate = Gate()
    (gate.maxDrop, gate.minTop1, gate.minDifference) = (0.05, 0.95 + 2e-16, -0.05)
    #expect(try gate.check(report, path: "p", names: ["x"], version: "1").holds)
    gate.maxDrop = 0.0499999
    #expect(try !gate.check(report, path: "p", names: ["x"], version: "1").holds)
  }

  @Test func whatCannotBeCheckedDoesNotPass() throws {
    let report = report([entry("x", .cas, top1: 0.5), entry("baseline", .baseline, top1: 1)])
    #expect(throws: UsageError.self) { try Gate().check(report, path: "p", names: [], version: "1") }
    for set in [\Gate.minTop5, \Gate.maxDrop, \Gate.minDifference] {
      var gate = Gate()
      gate[keyPath: set] = 0.1
      let name = set == \Gate.minTop5 ? "x" : "baseline"
      #expect(throws: UsageError.self) { try gate.check(report, path: "p", names: [name], version: "1") }
    }
    var gate = Gate()
    gate.minTop1 = 0.1
    #expect(throws: UsageError.self) { try gate.check(report, path: "p", names: ["y"], version: "1") }
    #expect(throws: UsageError.self) { try gate.check(self.report([]), path: "p", names: [], version: "1") }
  }
}

@Suite struct ColumnTableTests {
  private func table(_ text: String) throws -> ColumnTable {
    let folder = try TemporaryFolder()
    return try ColumnTable(csv: folder.write(Array(text.utf8), "t.csv"))
  }

  @Test func csvIsReadWithQuotesAndGaps() throws {
    let table = try table("name,top1,\"FID, clean\"\r\n\"a \"\"b\"\"\",0.5,12\n\"\"\"q\",, 3.5 \n\nc,x,-1\n")
    #expect(table.rows == ["a \"b\"", "\"q", "c"])
    #expect(table.columns.map(\.name) == ["top1", "FID, clean"])
    #expect(table.columns[0].values == [0.5, nil, nil] && table.columns[1].values == [12, 3.5, -1])
  }

  /// As an editor counts them, with blank lines and with the lines of quoted fields.
  @Test(arguments: [
    ("", 1), ("name\n", 1), ("name,a\nx,1,2\n", 2), ("\n\nname,a\n\nx,1,2\n", 5), ("name,a\n\"x\ny\",1\nz,1,2\n", 4),
  ])
  func damagedTablesNameTheLine(text: String, line: Int) {
    #expect { try table(text) } throws: { "\($0)".contains("line \(line):") }
  }

  @Test(arguments: [
    ("name,a,a\nx,1,2\n", "two columns of the name a"),
    ("name,a\nx,\"1\n", "a quoted field does not end"),
  ])
  func ambiguousTablesAreRefused(text: String, reason: String) {
    #expect { try table(text) } throws: { "\($0)".contains(reason) }
  }

  @Test func rowsOfOneNameStandAloneOnly() throws {
    let folder = try TemporaryFolder()
    let twice = try folder.write(Array("name,a\nx,1\ny,2\nx,3\n".utf8), "twice.csv")
    let other = try folder.write(Array("name,b\nx,1\n".utf8), "other.csv")
    #expect(try ColumnTable(inputs: [twice]).rows == ["x", "y", "x"])
    #expect { try ColumnTable(inputs: [other, twice]) } throws: { "\($0)".contains("twice has two rows of the name x") }
  }

  @Test func correlationsOfColumns() throws {
    let table = try table("n,a,b,c\nu,1,10,1\nv,2,20,1\nw,3,15,1\nx,4,40,1\ny,,50,1\n")
    let all = try table.correlations([])
    #expect(all.count == 3 && all[0].rows == 4)
    let kendall = try #require(all[0].kendall)
    #expect(abs(kendall.value - 4.0 / 6) < 1e-12 && kendall.interval == nil)
    #expect(all[1].kendall == nil && all[1].pearson == nil)
    #expect(try table.correlations(["b", "a"]).map(\.first) == ["b"])
    #expect(throws: UsageError.self) { try table.correlations(["a"]) }
    #expect(throws: UsageError.self) { try table.correlations(["a", "z"]) }
  }
}
