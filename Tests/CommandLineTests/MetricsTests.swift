import Datasets
import Foundation
import Support
import Testing

@Suite(.serialized) struct MetricsCommandTests {
  private func features(_ seed: UInt64, _ rows: Int, _ columns: Int, shift: Double = 0) -> [Double] {
    (0..<rows * columns).map { GoldenValues(seed: seed).irwinHall($0) + shift }
  }

  private func matrix(_ seed: UInt64, _ rows: Int, _ columns: Int, shift: Double = 0) -> NPYArray {
    NPYArray(features(seed, rows, columns, shift: shift), shape: [rows, columns])
  }

  /// Real features, two sets of samples of different size, and files that are wrong.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ arrays: [(name: String, array: NPYArray)]) throws {
      try NPZ.write(arrays, to: "\(folder.path)/\(name).npz")
    }
    func labels(_ count: Int) -> NPYArray { NPYArray((0..<count).map { Int32($0 * 3 / count) }, shape: [count]) }
    let single = features(1, 300, 8).map(Float.init)
    try write("real", [("features", NPYArray(single, shape: [300, 8])), ("labels", labels(300))])
    try write(
      "a", [("features", matrix(2, 200, 8, shift: 0.2)), ("labels", labels(200)), ("logits", matrix(3, 200, 5))])
    try write("b", [("anything", matrix(4, 240, 8)), ("logits", matrix(5, 240, 5))])
    var broken = features(2, 50, 8)
    broken[8] = .nan
    try write("nan", [("features", NPYArray(broken, shape: [50, 8]))])
    try write(
      "four", [("features", matrix(2, 50, 8)), ("labels", NPYArray((0..<50).map { Int32($0 % 4) }, shape: [50]))])
    try write("wide", [("features", matrix(2, 50, 9))])
    try write("two", [("one", matrix(2, 50, 8)), ("other", matrix(3, 50, 8))])
    try write("uneven", [("features", matrix(2, 50, 8)), ("labels", labels(49))])
    try folder.write(Array("no archive".utf8), "text.npz")
    return folder
  }

  private func run(_ folder: TemporaryFolder, _ synthetic: [String], real: String = "real", _ more: String...) throws
    -> Program.Result
  {
    try Program.run(
      ["metrics", "--features-synthetic"] + synthetic.map { $0.contains("=") ? $0 : "\($0)=\(folder.path)/\($0).npz" }
        + ["--features-real", "\(folder.path)/\(real).npz"] + more)
  }

  @Test func oneTableForSeveralGenerators() throws {
    let folder = try folder()
    let result = try run(
      folder, ["a", "b"], "--json", "--per-class", "--metrics", "fid,kid,precision,prd,s,is,fid-infinity")
    // The second set has no labels.
    #expect(result.code == 64 && result.errors.contains("labels"), "\(result.errors)")
    let both = try run(folder, ["a", "b"], "--json")
    #expect(both.code == 0, "\(both.errors)")
    let document = try Document(both.output, schema: "metrics")
    #expect(document["schemaVersion"].number == 1 && document["command"].text == "metrics")
    #expect(document["results"].list.map(\.["name"].text) == ["a", "b"])
    for entry in document["results"].list {
      for name in ["fid", "kid", "precision", "recall", "density", "coverage", "prd-recall", "s", "is", "authenticity"]
      {
        let metric = entry["metrics"].entry("name", name)
        let value = try #require(metric["value"].number, "\(name)")
        let interval = metric["interval"].list.compactMap(\.number)
        #expect(interval.count == 2 && interval[0] <= value && value <= interval[1], "\(name)")
        #expect(metric["n"][0].number == 200, "\(name)")
      }
      #expect(entry["prd"]["precision"].list.count == 1001)
    }
    let warnings = document["warnings"].list.compactMap(\.text)
    #expect(warnings.contains { $0.contains("b was cut from 240 to 200") })
    #expect(warnings.contains { $0.contains("a is sorted by class") })
    #expect(document["data"]["synthetic"]["b"]["images"].number == 200)
    let text = try run(folder, ["a", "b"], "--html", "\(folder.path)/table.html")
    let page = String(decoding: try folder.bytes("table.html"), as: UTF8.self)
    #expect(page.contains("fid\u{A0}↓") && page.contains("precision, F1/8") && page.contains("is sorted by class"))
    #expect(text.output.contains("fid ↓") && text.output.contains("a 200, b 200"), "\(text.output)")
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let folder = try folder()
    func results(_ threads: String) throws -> String {
      let result = try run(folder, ["a"], "--json", "--metrics", "all", "--threads", threads)
      #expect(result.code == 0, "\(result.errors)")
      return try String(#require(result.output.range(of: "\"results\"").map { result.output[$0.lowerBound...] }))
    }
    #expect(try results("1") == results("3"))
  }

  @Test func eachClassByItself() throws {
    let folder = try folder()
    try folder.write(Array("cat\ndog\nemu\n".utf8), "names.txt")
    let result = try run(
      folder, ["a"], "--json", "--per-class", "--metrics", "fid,kid", "--class-names", "\(folder.path)/names.txt")
    #expect(result.code == 0, "\(result.errors)")
    let classes = try Document(result.output, schema: "metrics")["results"][0]["perClass"].list
    #expect(classes.map(\.["name"].text) == ["cat", "dog", "emu"])
    #expect(classes.allSatisfy { $0["metrics"].entry("name", "fid")["value"].number ?? 0 > 0 })
    #expect(classes[0]["metrics"].entry("name", "kid")["n"].list.map(\.number) == [67, 100])
    #expect(try !Document(result.output)["warnings"].list.contains { $0.text?.contains("are left out") == true })
    let more = try run(folder, ["four"], "--json", "--per-class", "--metrics", "kid")
    #expect(try Document(more.output)["results"][0]["perClass"].list.count == 3)
    #expect(
      try Document(more.output)["warnings"].list.contains {
        $0.text == "four: only the samples have the class 3, which is left out."
      })
    // Labels are missed before anything is computed.
    let none = try run(folder, ["b"], "--per-class")
    #expect(none.code == 64 && none.errors.contains("--per-class needs labels"), "\(none.errors)")
    try folder.write(Array("cat\ndog\n".utf8), "few.txt")
    #expect(try run(folder, ["a"], "--class-names", "\(folder.path)/few.txt").code == 65)
  }

  /// Too few real images of one class, or altogether, leave the other numbers as they are.
  @Test func fewRealImagesAreANote() throws {
    let folder = try folder()
    func write(_ name: String, _ rows: Int, _ labels: [Int32]) throws {
      try NPZ.write(
        [("features", matrix(7, rows, 8)), ("labels", NPYArray(labels, shape: [rows]))],
        to: "\(folder.path)/\(name).npz")
    }
    try write("uneven-real", 103, (0..<103).map { $0 < 100 ? Int32($0 % 2) : 2 })
    let classes = try run(folder, ["a"], real: "uneven-real", "--json", "--per-class", "--metrics", "fid,precision")
    #expect(classes.code == 0, "\(classes.errors)")
    let rows = try Document(classes.output, schema: "metrics")["results"][0]["perClass"].list
    #expect(rows.map { $0["metrics"].entry("name", "precision-recall")["note"].text != nil } == [false, false, true])
    #expect(rows.map { $0["metrics"].entry("name", "fid")["value"].isNull } == [false, false, false])
    for (name, count) in [("one", 1), ("three", 3)] {
      try write(name, count, [Int32](repeating: 0, count: count))
      let result = try run(folder, ["a"], real: name, "--json")
      #expect(result.code == 0, "\(result.errors)")
      let metrics = try Document(result.output, schema: "metrics")["results"][0]["metrics"]
      #expect(metrics.entry("name", "s")["value"].number != nil)
      #expect(metrics.list.contains { $0["note"].text?.contains("needs at least") == true })
      #expect(metrics.entry("name", "fid")["value"].isNull == (count == 1))
    }
  }

  /// Rows of the file, also where a part of it was drawn; and what is said of a set is said of that part.
  @Test func rowsAreThoseOfTheFile() throws {
    let folder = try folder()
    let real = features(1, 300, 8)
    // Only the last rows are near to training images.
    let far = features(8, 200, 8, shift: 50)
    try NPZ.write(
      [("features", NPYArray(Array(far[..<(190 * 8)]) + Array(real[..<80]), shape: [200, 8]))],
      to: "\(folder.path)/long.npz")
    try NPZ.write([("features", matrix(9, 150, 8))], to: "\(folder.path)/short.npz")
    let result = try run(folder, ["long", "short"], "--json", "--metrics", "authenticity")
    #expect(result.code == 0, "\(result.errors)")
    let document = try Document(result.output, schema: "metrics")
    let nearest = document["results"][0]["suspects"].list.filter { ($0["distance"].number ?? 9) < 1e-3 }
    #expect(nearest.count > 3)
    #expect(nearest.allSatisfy { ($0["sample"].number ?? 0) - 190 == $0["image"].number })
    #expect(document["data"]["synthetic"]["long"]["images"].number == 150)
  }

  @Test func statisticsStandForRealFeatures() throws {
    let folder = try folder()
    let first = try run(
      folder, ["a"], "--json", "--metrics", "fid", "--no-intervals", "--write-statistics", "\(folder.path)/stats.npz")
    #expect(first.code == 0, "\(first.errors)")
    let second = try run(folder, ["a"], real: "stats", "--json", "--metrics", "fid", "--no-intervals")
    #expect(second.code == 0, "\(second.errors)")
    let (a, b) = (try Document(first.output), try Document(second.output))
    let values = try [a, b].map { try #require($0["results"][0]["metrics"][0]["value"].number) }
    #expect(values[0] == values[1])
    #expect(b["results"][0]["metrics"][0]["n"].list.map(\.number) == [200, 300])
    #expect(a["data"]["real"]["hash"].text == b["data"]["real"]["hash"].text)
    let needing = try run(folder, ["a"], real: "stats", "--metrics", "kid")
    #expect(needing.code == 64 && needing.errors.contains("needs features of the real images"))
    let standard = try run(folder, ["a"], real: "stats")
    #expect(standard.code == 0 && standard.errors.contains("left out") && standard.output.contains("fid"))
    // Features and the statistics of other images in one file.
    let statistics = try NPZ.read("\(folder.path)/stats.npz")
    try NPZ.write(
      [("features", matrix(9, 300, 8))] + statistics.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 },
      to: "\(folder.path)/mixed.npz")
    let mixed = try run(folder, ["a"], real: "mixed", "--json", "--metrics", "fid")
    #expect(mixed.output.contains("mu and sigma are of other images"))
  }

  @Test(arguments: [
    ("nan", "real", 65, "row 1, column 0 is not a finite number"), ("wide", "real", 65, "9 features"),
    ("two", "real", 65, "not one matrix"), ("uneven", "real", 65, "different numbers of rows"),
    ("text", "real", 65, "not a zip archive"), ("nowhere", "real", 66, "nowhere.npz"),
    ("a", "nowhere", 66, "nowhere.npz"),
  ])
  func wrongFiles(synthetic: String, real: String, code: Int32, words: String) throws {
    let result = try run(try folder(), [synthetic], real: real)
    #expect(result.code == code && result.errors.contains(words) && result.output.isEmpty, "\(result.errors)")
  }

  @Test(arguments: [
    (["--metrics", "fdi"], "Did you mean fid?"), (["--metrics", "precison"], "Did you mean precision?"),
    (["--splits", "0"], "--splits"), (["--tie", "both"], "--tie"), (["--neighbours", "0"], "--neighbours"),
    (["--threads", "0"], "--threads"), (["--kid-subset-size", "1"], "--kid-subset-size"),
  ])
  func wrongUse(arguments: [String], words: String) throws {
    let folder = try folder()
    let result = try Program.run(
      ["metrics", "--features-synthetic", "\(folder.path)/a.npz", "--features-real", "\(folder.path)/real.npz"]
        + arguments)
    #expect(result.code == 64 && result.errors.contains(words) && result.output.isEmpty, "\(result.errors)")
  }

  @Test func demonstrations() throws {
    let folder = try folder()
    let numbers = try Program.run("metrics", "--demonstrate", "one-dimensional", "--json")
    let rows = try Document(numbers.output, schema: "demonstration")["rows"].list
    #expect(rows.count == 5 && rows[4]["values"].list.map(\.number) == [2, 2], "\(numbers.errors)")
    let splits = try Program.run("metrics", "--demonstrate", "splits")
    #expect(splits.code == 0 && splits.output.contains("10.0000") && splits.output.contains("S(G)"))
    let page = "\(folder.path)/page.html"
    let normal = try run(folder, ["a"], "--demonstrate", "gaussianity", "--html", page)
    #expect(normal.code == 0 && normal.output.contains("random directions"), "\(normal.errors)")
    #expect(String(decoding: try folder.bytes("page.html"), as: UTF8.self).contains("<circle"))
    let sizes = try run(folder, ["a"], "--demonstrate", "sample-size", "--json")
    #expect(try Document(sizes.output)["rows"].list.map(\.["name"].text) == ["100", "200"], "\(sizes.errors)")
    let quiet = try run(folder, ["a"], "--demonstrate", "gaussianity", "--quiet")
    #expect(quiet.code == 0 && quiet.output.isEmpty)
    for more in [["--metrics", "fid"], ["--per-class"], ["--write-statistics", "\(folder.path)/s.npz"]] {
      let result = try Program.run(["metrics", "--demonstrate", "splits"] + more)
      #expect(result.code == 64 && result.errors.contains("\(more[0]) would change nothing"), "\(result.errors)")
    }
    #expect(try run(folder, ["a", "b"], "--demonstrate", "sample-size").code == 64)
    for bad in ["nan", "wide"] {
      let named = try run(folder, [bad], "--demonstrate", "sample-size")
      #expect(named.code == 65 && named.errors.contains("\(bad).npz"), "\(named.errors)")
    }
    let wrong = try Program.run("metrics", "--demonstrate", "mode")
    #expect(wrong.code == 64 && wrong.errors.contains("Did you mean modes?"))
    #expect(try Program.run("metrics", "--demonstrate", "modes").code == 64)
  }

  /// Four classes far apart: recall is complete with the second, precision falls after it.
  @Test func recallAndPrecisionOfClasses() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("real", 1), ("a", 2)] {
      let values = (0..<1600).map { GoldenValues(seed: UInt64(seed)).irwinHall($0) + Double($0 / 400 * 10) }
      try NPZ.write(
        [
          ("features", NPYArray(values, shape: [400, 4])),
          ("labels", NPYArray((0..<400).map { Int64($0 / 100) }, shape: [400])),
        ], to: "\(folder.path)/\(name).npz")
    }
    let result = try run(folder, ["a"], "--demonstrate", "modes", "--json")
    #expect(result.code == 0, "\(result.errors)")
    let rows = try Document(result.output)["rows"].list.map { $0["values"].list.compactMap(\.number) }
    let (recall, precision) = (rows.map { $0[0] }, rows.map { $0[1] })
    #expect(rows.count == 4 && recall[0] < 0.6 && recall[1...].allSatisfy { $0 > 0.85 })
    #expect(precision[..<2].allSatisfy { $0 > 0.85 } && precision[2] < 0.8 && precision[3] < precision[2])
  }

  /// What else NumPy writes: half precision, Fortran's order, the other byte order, whole numbers, in a file under any name.
  @Test func matricesOfAllKindsAreRead() throws {
    let folder = try folder()
    let values = (0..<100 * 4).map { ($0 * 37) % 101 - 50 }
    func file(_ type: String, fortran: Bool = false, _ bytes: (Int) -> [UInt8]) throws -> [UInt8] {
      let order = fortran ? (0..<400).map { $0 % 100 * 4 + $0 / 100 } : Array(0..<400)
      return ZipWriter([
        ("any.npy", NPYWriter.file(type, shape: [100, 4], fortran: fortran, order.flatMap { bytes(values[$0]) }))
      ]).bytes
    }
    func single(_ value: Int) -> [UInt8] { le(Int(Float(value).bitPattern), 4) }
    for (name, bytes) in [
      ("plain", try file("<f4", single)), ("half", try file("<f2") { le(Int(Float16($0).bitPattern), 2) }),
      ("turned", try file("<f4", fortran: true, single)),
      ("swapped", try file(">f8") { le(Int(bitPattern: UInt(Double($0).bitPattern)), 8).reversed() }),
      ("whole", try file("<i8") { le($0, 8) }), ("small", try file("|i1") { le($0 & 255, 1) }),
    ] { try folder.write(bytes, "\(name).npz") }
    func fid(_ name: String) throws -> Double? {
      let result = try run(folder, [name], real: "plain", "--metrics", "kid", "--json")
      #expect(result.code == 0, "\(name): \(result.errors)")
      return try Document(result.output)["results"][0]["metrics"][0]["value"].number
    }
    let plain = try fid("plain")
    for name in ["half", "turned", "swapped", "whole", "small"] { #expect(try fid(name) == plain, "\(name)") }
    // An array of text is none of names.
    try folder.write(
      ZipWriter([
        ("features.npy", NPYWriter.file("<f4", shape: [100, 4], values.flatMap(single))),
        ("labels.npy", NPYWriter.file("|u1", shape: [100], (0..<100).map { UInt8($0 % 2) })),
        ("class_names.npy", NPYWriter.file("<U3", shape: [2], [UInt8](repeating: 0, count: 24))),
      ]).bytes, "text-beside.npz")
    #expect(try fid("text-beside") == plain)
    try folder.write(NPYWriter.file("<f4", shape: [2, 2], [UInt8](repeating: 0, count: 16)), "alone.npz")
    let alone = try run(folder, ["alone"])
    #expect(alone.code == 65 && alone.errors.contains("numpy.savez"), "\(alone.errors)")
    #expect(try run(folder, ["two"]).errors.contains("it holds one float64 50x8, other float64 50x8"))
  }

  /// A flipped bit in an array that is read in parts is seen by its checksum, and huge numbers by their row.
  @Test func damageAndHugeNumbersAreNamed() throws {
    let folder = try folder()
    var bytes = try folder.bytes("four.npz")
    bytes[700] ^= 1
    try folder.write(bytes, "flipped.npz")
    let flipped = try run(folder, ["flipped"], "--metrics", "fid")
    #expect(
      flipped.code == 65 && flipped.errors.contains("flipped.npz/features.npy: its checksum is wrong"),
      "\(flipped.errors)")
    var huge = features(2, 50, 8)
    huge[9 * 8 + 2] = 1e300
    try NPZ.write([("features", NPYArray(huge, shape: [50, 8]))], to: "\(folder.path)/huge.npz")
    for name in ["kid", "prd", "fid", "precision"] {
      let result = try run(folder, ["huge"], "--metrics", name)
      #expect(
        result.code == 65 && result.errors.contains("huge.npz: the features in row 9 are too large"), "\(result.errors)"
      )
    }
    // Row 7 of 300 real rows, of which a demonstration draws some.
    var real = features(1, 300, 8)
    real[7 * 8] = .nan
    try NPZ.write([("features", NPYArray(real, shape: [300, 8]))], to: "\(folder.path)/broken.npz")
    let demonstration = try run(folder, ["a"], real: "broken", "--demonstrate", "sample-size")
    #expect(
      demonstration.code == 65 && demonstration.errors.contains("broken.npz: the feature in row 7,"),
      "\(demonstration.errors)")
  }

  /// Labels are numbers, and classes are matched by their names.
  @Test func classesOfFilesAreMatchedByName() throws {
    let folder = try folder()
    func write(_ name: String, _ seed: UInt64, _ classes: [(label: Int32, shift: Double)], names: [String]?) throws {
      let values = classes.enumerated().flatMap { features(seed + UInt64($0), 60, 4, shift: $1.shift) }
      var arrays = [
        ("features", NPYArray(values, shape: [60 * classes.count, 4])),
        ("labels", NPYArray(classes.flatMap { [Int32](repeating: $0.label, count: 60) }, shape: [60 * classes.count])),
      ]
      if let names {
        let bytes = Array("[\(names.map { "\"\($0)\"" }.joined(separator: ","))]".utf8)
        arrays.append(("class_names", NPYArray(bytes, shape: [bytes.count])))
      }
      try NPZ.write(arrays, to: "\(folder.path)/\(name).npz")
    }
    try write("all", 20, [(0, 0), (1, 5), (2, 10)], names: ["bag", "coat", "shirt"])
    // The same classes but the first, so that the numbers begin with the second.
    try write("rest", 30, [(0, 5), (1, 10)], names: ["coat", "shirt"])
    try write("numbers", 30, [(1, 5), (2, 10)], names: nil)
    for name in ["rest", "numbers"] {
      let result = try run(folder, [name], real: "all", "--metrics", "fid", "--per-class", "--json")
      #expect(result.code == 0, "\(result.errors)")
      let document = try Document(result.output)
      let classes = document["results"][0]["perClass"].list
      #expect(classes.map { $0["name"].text } == ["coat", "shirt"])
      #expect(classes.allSatisfy { ($0["metrics"][0]["value"].number ?? 100) < 1 }, "\(name)")
      #expect(document["warnings"].list.contains { $0.text?.contains("the class bag, which is left out") == true })
      #expect(
        document["warnings"].list.contains { $0.text?.contains("0 is bag, 2 is shirt") == true } == (name == "numbers"))
    }
  }

  @Test func subsetsAndSetsThatLackSomethingAreNamed() throws {
    let folder = try folder()
    try NPZ.write([("features", matrix(7, 90, 8))], to: "\(folder.path)/c.npz")
    let subsets = try run(folder, ["a"], "--metrics", "kid-subsets", "--kid-subset-size", "250", "--json")
    #expect(
      try Document(subsets.output)["warnings"].list.contains {
        $0.text?.contains("fewer than the 250 of a subset") == true
      })
    let lacking = try run(folder, ["a", "c"], "--metrics", "s")
    #expect(
      lacking.code == 64 && lacking.errors.contains("s needs logits or probabilities of the samples, which c lacks."),
      "\(lacking.errors)")
  }

  /// The sample's own rows as training images are copies, all of them.
  @Test func trainingFeaturesAreWhatMemoryIsOf() throws {
    let folder = try folder()
    for (training, copies) in [("a", 200.0), ("b", 0)] {
      let result = try run(
        folder, ["a"], "--metrics", "memorisation", "--features-training", "\(folder.path)/\(training).npz", "--json")
      #expect(result.code == 0, "\(result.errors)")
      let metrics = try Document(result.output)["results"][0]["metrics"]
      #expect(metrics.entry("name", "copies")["value"].number == copies)
    }
  }

  @Test func whatIsNoCovarianceIsRefused() throws {
    let folder = try folder()
    #expect(
      try run(folder, ["a"], "--metrics", "fid", "--no-intervals", "--write-statistics", "\(folder.path)/s.npz").code
        == 0)
    let arrays = try NPZ.read("\(folder.path)/s.npz")
    let mean = try #require(arrays["mu"]?.float64)
    let sigma = try #require(arrays["sigma"]?.float64)
    var (negative, lopsided) = (sigma, sigma)
    negative[0] = -1
    lopsided[1] += 0.5
    for (values, code) in [(sigma, 0), (negative, 65), (lopsided, 65)] {
      try NPZ.write(
        [
          ("mu", NPYArray(mean, shape: [mean.count])), ("sigma", NPYArray(values, shape: [mean.count, mean.count])),
        ], to: "\(folder.path)/changed.npz")
      let result = try run(folder, ["a"], real: "changed", "--metrics", "fid", "--no-intervals")
      #expect(result.code == Int32(code), "\(result.errors)")
      #expect(code == 0 || result.errors.contains("changed.npz/sigma: it is no covariance matrix"), "\(result.errors)")
    }
  }

  /// No changed byte of the archive's structure may stop the program.
  @Test func damagedFilesAreErrors() throws {
    let folder = try folder()
    let whole = try folder.bytes("wide.npz")
    for cut in [0, 10, 21, 22, 60, 200, whole.count - 30, whole.count - 1] {
      try folder.write(Array(whole[..<cut]), "cut.npz")
      #expect(try run(folder, ["cut"]).code == 65, "\(cut)")
    }
    for at in Array(0..<160).filter({ $0 % 9 == 0 }) + (1...120).filter({ $0 % 9 == 0 }).map({ whole.count - $0 }) {
      var changed = whole
      changed[at] ^= 0x41
      try folder.write(changed, "changed.npz")
      let code = try run(folder, ["changed"], "--metrics", "fid").code
      #expect(code == 65 || code == 0, "byte \(at): \(code)")
    }
  }
}
