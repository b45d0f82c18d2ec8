import Foundation
import Images
import Support
import Testing

/// Augmentation, curves and sweeps, on stripes that a small network learns in seconds.
@Suite(.serialized) struct StudyTests {
  private static let quick = ["--model", "resnet8", "--epochs", "2", "--batch-size", "16", "--quiet", "--json"]

  private func data() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 16, seed: 1)
    try Stripes.write(to: folder, "real/test", perClass: 10, seed: 2)
    try Stripes.write(to: folder, "t0.5", perClass: 16, seed: 3)
    try Stripes.write(to: folder, "t1", perClass: 12, seed: 4)
    return folder
  }

  private func run(_ folder: TemporaryFolder, _ arguments: [String], output: String) throws -> Document {
    let result = try Program.run(
      arguments + ["--real", "\(folder.path)/real", "--output", "\(folder.path)/\(output)"] + Self.quick)
    #expect(result.code == 0, "\(result.errors)")
    return try Document(result.output, schema: "report")
  }

  @Test func augmentationsAreCrossedWithFractions() throws {
    let folder = try data()
    let report = try run(
      folder, ["nas", "--synthetic", "\(folder.path)/t0.5", "--add", "0,0.5", "--augment", "cutmix,none"], output: "nas"
    )
    let results = report["results"].list
    #expect(results.map { $0["name"].text } == ["t0.5", "t0.5", "baseline+none", "baseline+cutmix"])
    let keys = results.compactMap { $0["key"].text }
    #expect(keys == ["t0.5+0.5+none", "t0.5+0.5+cutmix", "baseline+none", "baseline+cutmix"])
    for file in ["per_class.csv", "confusion.csv"] {
      let lines = String(decoding: try folder.bytes("nas/\(file)"), as: UTF8.self).split(separator: "\n")
      #expect(lines[0].hasPrefix("key,") && Set(lines.dropFirst().map { String($0.prefix { $0 != "," }) }) == Set(keys))
    }
    let unknown = try Program.run("check", "\(folder.path)/nas", "--result", "t0.5", "--min-top1", "0")
    #expect(
      unknown.code == 64
        && unknown.errors.contains("has no result t0.5. Did you mean t0.5+0.5+none? The results are t0.5+0.5+none, "))
    #expect(results.map { $0["augmentation"].text } == ["none", "cutmix", "none", "cutmix"])
    #expect(results.prefix(2).map { $0["baseline"].text } == ["baseline+none", "baseline+cutmix"])
    #expect(results.prefix(2).allSatisfy { $0["difference"]["adjustedP"].number != nil })
    #expect(results.allSatisfy { $0["training"]["steps"].number == 6 })
    let table = try Program.run(
      ["nas", "--resume", "\(folder.path)/nas"], environment: ["COLUMNS": "100"])
    #expect(table.output.contains("real alone") && table.output.contains("+ 50 % t0.5"), "\(table.output)")
    #expect(table.output.replacing("\n", with: " ").contains("All trainings took 6 steps"))
  }

  @Test func aKilledStudyDoesWhatIsMissing() throws {
    let folder = try data()
    let study = [
      "nas", "--synthetic", "\(folder.path)/t0.5", "--add", "0.6,1", "--augment", "none,mixup", "--mix", "batch",
      "--steps", "60", "--checkpoint-seconds", "0",
    ]
    _ = try run(folder, study, output: "whole")
    let running = try Program.Running(
      study + ["--real", "\(folder.path)/real", "--output", "\(folder.path)/cut"] + Self.quick)
    // One training is finished, and another one under way.
    let first = "\(folder.path)/cut/model-t0.5+0.6+none-seed0.safetensors"
    let deadline = Date().addingTimeInterval(60)
    while !FileManager.default.fileExists(atPath: first)
      || !FileManager.default.fileExists(atPath: "\(folder.path)/cut/checkpoint"), running.isRunning, Date() < deadline
    {
      usleep(500)
    }
    running.send(SIGKILL)
    #expect(running.finish().code == 137)
    func written() throws -> Date? {
      try FileManager.default.attributesOfItem(atPath: first)[.modificationDate] as? Date
    }
    let before = try written()
    let resumed = try Program.run("nas", "--resume", "\(folder.path)/cut")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(!resumed.errors.contains("Training t0.5+0.6+none") && resumed.errors.contains("Training baseline+mixup"))
    #expect(try written() == before)
    for file in ["predictions.npz", "confusion.csv", "per_class.csv", "model-baseline+mixup-seed0.safetensors"] {
      #expect(try Bool(folder.bytes("whole/\(file)") == folder.bytes("cut/\(file)")), "\(file)")
    }
  }

  @Test func everyBatchHoldsItsShareOfSamples() throws {
    let folder = try data()
    let report = try run(
      folder, ["nas", "--synthetic", "\(folder.path)/t1", "--add", "1", "--mix", "batch", "--budget", "epochs"],
      output: "batch")
    let results = report["results"].list
    #expect(results[0]["mixing"].text == "batch" && results[0]["training"]["trainingImages"].number == 84)
    // Eight of sixteen places are left for the real images, so an epoch of them takes twice as many steps.
    #expect(results.map { $0["training"]["steps"].number } == [12, 6])
    let refused = try Program.run(
      ["nas", "--synthetic", "\(folder.path)/t1", "--add", "0.01", "--mix", "batch", "--real", "\(folder.path)/real"]
        + Self.quick)
    #expect(refused.code == 64 && refused.errors.contains("--batch-size"), "\(refused.errors)")
    let weighted = try Program.run(
      [
        "nas", "--synthetic", "\(folder.path)/t1", "--add", "1", "--mix", "batch", "--set", "weighting=balanced",
        "--real",
        "\(folder.path)/real",
      ] + Self.quick)
    #expect(weighted.code == 64 && weighted.errors.contains("its own share of samples"), "\(weighted.errors)")
  }

  /// Three of sixteen places are samples for a quarter and for 0.2, and a batch that is larger than the real set holds all
  /// of that.
  @Test func batchesHaveWholeImages() throws {
    let folder = try data()
    let report = try run(
      folder, ["nas", "--synthetic", "\(folder.path)/t1", "--add", "0.2,0.25,0.05", "--mix", "batch", "--steps", "2"],
      output: "whole")
    #expect(report["results"].list.map { $0["fractionAdded"].number } == [0.066, 0.23, 0])
    let warnings = report["warnings"].list.compactMap(\.text)
    #expect(warnings.contains { $0.contains("a batch holds 3 samples and 13 real images, 0.23 times as many") })
    #expect(
      warnings.contains { $0.contains("for 0.25 times the real images a batch holds the images of a smaller fraction") }
    )
    let wide = try Program.run(
      [
        "nas", "--synthetic", "\(folder.path)/t1", "--add", "0.25", "--mix", "batch", "--batch-size", "128", "--steps",
        "2",
        "--per-class", "12", "--model", "resnet8", "--quiet", "--json", "--real", "\(folder.path)/real", "--output",
        "\(folder.path)/wide",
      ])
    let results = try Document(wide.output)["results"].list
    #expect(results.map { $0["fractionAdded"].number } == [0.25, 0], "\(wide.errors)")
  }

  /// Real training images may say how many samples are drawn or shown, where nothing is trained on them.
  @Test func realSharesNeedNoBaseline() throws {
    let folder = try data()
    for index in 0..<8 { try FileManager.default.removeItem(atPath: "\(folder.path)/real/train/across/\(index).png") }
    let matched = try run(
      folder, ["train", "--synthetic", "\(folder.path)/t0.5", "--match-label-counts", "--no-baseline", "--steps", "2"],
      output: "matched")
    #expect(matched["results"].list.map { $0["training"]["trainingImages"].number } == [40])
    let short = try run(
      folder, ["train", "--synthetic", "\(folder.path)/t1", "--per-class", "14", "--no-baseline", "--steps", "2"],
      output: "short")
    #expect(
      short["warnings"].list.contains {
        $0.text == "t1 has fewer images than --per-class 14 asks for in 3 of 3 classes: 36 of 42 images."
      })
    // The set's score does not depend on whether a baseline is trained beside it.
    for (name, more) in [("with", []), ("without", ["--no-baseline"])] {
      _ = try run(
        folder, ["train", "--synthetic", "\(folder.path)/t0.5", "--weighting", "real", "--steps", "2"] + more,
        output: name)
    }
    let model = "model-t0.5-seed0.safetensors"
    #expect(try Bool(folder.bytes("with/\(model)") == folder.bytes("without/\(model)")))
  }

  /// Nine real images are no point at twenty.
  @Test func aRealPointHasItsSize() throws {
    let folder = try data()
    try FileManager.default.removeItem(atPath: "\(folder.path)/t0.5/across")
    for name in ["across", "diagonal", "upright"] {
      for index in 3..<16 {
        try FileManager.default.removeItem(atPath: "\(folder.path)/real/train/\(name)/\(index).png")
      }
    }
    let report = try run(
      folder,
      ["curve", "--synthetic", "\(folder.path)/t0.5", "--sizes", "6,20", "--allow-missing-classes", "--steps", "2"],
      output: "curve")
    #expect(report["results"].list.filter { $0["kind"].text == "baseline" }.map { $0["name"].text } == ["baseline@6"])
    #expect(report["warnings"].list.contains { $0.text?.contains("for a real point beside t0.5 at 20") == true })
  }

  @Test func fractionsAreThoseThatTheSamplesSufficeFor() throws {
    let folder = try data()
    let report = try run(
      folder, ["nas", "--synthetic", "\(folder.path)/t1", "--add", "0,50%,1,200%", "--steps", "2"], output: "short")
    let results = report["results"].list
    #expect(results.map { $0["fractionAdded"].number } == [0.5, 0.75, 0])
    #expect(results.map { $0["training"]["trainingImages"].number } == [72, 84, 48])
    #expect(
      report["warnings"].list.contains {
        $0.text?.contains("36 images are added instead of 48, 0.75 times as many as real ones") == true
      })
  }

  /// 36 samples were asked for, 37 are there, and 0.77 of 48 is neither.
  @Test func fractionsThatRoundAlikeStayApart() throws {
    let folder = try data()
    try folder.write(folder.bytes("t0.5/across/0.png"), "t1/across/more.png")
    let report = try run(
      folder, ["nas", "--synthetic", "\(folder.path)/t1", "--add", "0.001,0.75,0.77,1", "--steps", "2"], output: "alike"
    )
    let results = report["results"].list
    #expect(results.map { $0["fractionAdded"].number } == [0.75, 0.7708, 0])
    #expect(results.map { $0["training"]["trainingImages"].number } == [84, 85, 48])
    let warnings = report["warnings"].list.compactMap(\.text)
    #expect(
      warnings.contains { $0.contains("there is no image to add") }
        && warnings.contains {
          $0.contains("for 0.77 times the real images there are only those of a smaller fraction")
        })
  }

  @Test func everySetHasARealCurveOfItsClassCounts() throws {
    let folder = try data()
    for index in 0..<4 { try FileManager.default.removeItem(atPath: "\(folder.path)/t1/across/\(index).png") }
    let report = try run(
      folder, ["curve", "--synthetic", "\(folder.path)/t0.5", "\(folder.path)/t1", "--sizes", "12,24"], output: "own")
    #expect(report["curves"].list.map { $0["name"].text } == ["t0.5", "t1", "baseline", "baseline+2"])
    let parts = report["results"].list.filter { $0["kind"].text == "baseline" }
    #expect(
      parts.compactMap { $0["name"].text }.sorted() == ["baseline@12", "baseline@12+2", "baseline@24", "baseline@24+2"])
    // The real images have 48, too few for t0.5's larger sizes of t1's counts: no point goes without a word.
    let large = try run(
      folder,
      [
        "curve", "--synthetic", "\(folder.path)/t0.5", "--sizes", "12,48", "--per-class", "16", "--real-train",
        "\(folder.path)/t1",
      ],
      output: "few")
    #expect(
      large["warnings"].list.contains { $0.text?.contains("too few images of some classes for a real point") == true })
  }

  /// Sets of one mix of classes share the real curve of the one with more sizes, in whichever order they come; a set
  /// without a real point has none.
  @Test func aRealCurveIsOneAndWhole() throws {
    let folder = try data()
    for name in ["across", "diagonal", "upright"] {
      for index in 0..<7 { try folder.write(folder.bytes("t0.5/\(name)/\(index).png"), "small/\(name)/\(index).png") }
      for index in 0..<(name == "across" ? 16 : 1) {
        try folder.write(folder.bytes("t0.5/\(name)/\(index).png"), "skewed/\(name)/\(index).png")
      }
    }
    for index in 0..<16 {
      try folder.write(folder.bytes("t1/across/\(index % 12).png"), "skewed/across/more\(index).png")
    }
    let sets = ["small", "t1", "skewed"].map { "\(folder.path)/\($0)" }
    for (order, name) in [([0, 1, 2], "up"), ([2, 1, 0], "down")] {
      let report = try run(
        folder, ["curve", "--sizes", "20,36", "--synthetic"] + order.map { sets[$0] }, output: name)
      let curves = report["curves"].list
      #expect(curves.map { $0["name"].text }.suffix(1) == ["baseline"] && curves.count == 4)
      #expect(curves[3]["points"].list.map { $0["size"].number } == [20, 36])
      for (set, hasWorth) in [("small", true), ("t1", true), ("skewed", false)] {
        let point = curves.first { $0["name"].text == set }?["points"][0]
        #expect(point?["worth"].isNull == !hasWorth, "\(set)")
      }
    }
  }

  /// Two images of three classes leave one without any, which is no failure of the samples.
  @Test func aPointWithoutAClassSaysSo() throws {
    let folder = try data()
    let report = try run(
      folder, ["curve", "--synthetic", "\(folder.path)/t0.5", "--sizes", "2,12", "--steps", "2"], output: "tiny")
    let point = report["results"].entry("key", "t0.5@2")
    let lacking = point["perClass"].list.compactMap { $0["name"].text }.filter {
      point["training"]["perClassImages"][$0].number == 0
    }
    #expect(lacking.count == 1)
    let lines = String(decoding: try folder.bytes("tiny/per_class.csv"), as: UTF8.self).split(separator: "\n")
    let column = try #require(lines[0].split(separator: ",").firstIndex(of: "has_training_images"))
    let cells = lines.filter { $0.hasPrefix("t0.5@2,") }.map {
      String($0.split(separator: ",", omittingEmptySubsequences: false)[column])
    }
    #expect(cells.sorted() == ["0", "1", "1"])
    let shown = try Program.run("curve", "--resume", "\(folder.path)/tiny")
    #expect(shown.output.contains("no image of \(lacking[0]) was drawn, so it scores 0 there"), "\(shown.output)")
  }

  @Test func curvesAreNestedAndFitted() throws {
    let folder = try data()
    let report = try run(
      folder, ["curve", "--synthetic", "\(folder.path)/t0.5", "\(folder.path)/t1", "--sizes", "12,18,24,36,48"],
      output: "curve")
    let curves = report["curves"].list
    #expect(curves.map { $0["name"].text } == ["t0.5", "t1", "baseline"])
    #expect(curves[0]["points"].list.map { $0["size"].number } == [12, 18, 24, 36, 48])
    #expect(curves[1]["points"].list.map { $0["size"].number } == [12, 18, 24, 36])
    for curve in curves {
      let limit = try #require(curve["fit"]["limit"].number)
      #expect((0...1).contains(limit) && curve["fit"]["interval"].list.count == 2)
    }
    #expect(curves[2]["points"][0]["worth"].isNull && !curves[0]["points"][0]["worth"].isNull)
    #expect(report["results"].list.allSatisfy { $0["training"]["steps"].number == 6 })
    let shown = try Program.run(["curve", "--resume", "\(folder.path)/curve"])
    #expect(shown.output.contains("worth") && shown.output.contains("real images"), "\(shown.output)")
    let tooLarge = try Program.run(
      ["curve", "--synthetic", "\(folder.path)/t1", "--sizes", "1000", "--real", "\(folder.path)/real"] + Self.quick)
    #expect(tooLarge.code == 64 && tooLarge.errors.contains("--sizes"))
  }

  /// What the seeds of a size differ by is what they do in its result; one seed says nothing of it.
  @Test func pointsSayHowTheirSeedsDiffer() throws {
    let folder = try data()
    for seeds in [1, 2] {
      let report = try run(
        folder,
        ["curve", "--synthetic", "\(folder.path)/t0.5", "--sizes", "12,24", "--seeds", "\(seeds)", "--steps", "2"],
        output: "seeds\(seeds)")
      for name in ["t0.5", "baseline"] {
        let points = report["curves"].entry("name", name)["points"].list
        #expect(points.count == 2)
        for point in points {
          let size = try #require(point["size"].number)
          let result = report["results"].entry("key", "\(name)@\(Int(size))")["top1"]
          let spreads = [point, result].map { $0["seedInterval"].list.compactMap(\.number) }
          #expect(spreads.map(\.count) == (seeds == 1 ? [0, 0] : [2, 2]) && result["value"].number != nil)
          #expect(zip(spreads[0], spreads[1]).allSatisfy { abs($0 - $1) < 1e-12 })
        }
      }
    }
  }

  @Test func sweepsCarryTheirAxis() throws {
    let folder = try data()
    let sets = ["--synthetic", "\(folder.path)/t1", "\(folder.path)/t0.5"]
    let named = try run(
      folder, ["train", "--axis", "truncation", "--axis-convention", "scaled", "--no-baseline"] + sets, output: "named")
    let results = named["results"].list
    #expect(results.map { $0["axis"]["value"].number } == [1, 0.5])
    #expect(results.allSatisfy { $0["axis"]["name"].text == "truncation" && $0["axis"]["convention"].text == "scaled" })
    let given = try run(folder, ["train", "--axis", "guidance=3,7.5", "--no-baseline"] + sets, output: "given")
    #expect(given["results"].list.map { $0["axis"]["value"].number } == [3, 7.5])
    for (axis, hint) in [
      ("guidance=3", "2 synthetic sets"), ("=3", "NAME"), ("x=1,y", "not all of its values are numbers"),
    ] {
      let wrong = try Program.run(["train", "--real", "\(folder.path)/real", "--axis", axis] + sets)
      #expect(wrong.code == 64 && wrong.errors.contains(hint), "\(wrong.errors)")
    }
    let read = try Program.run(
      [
        "train", "--real", "\(folder.path)/real", "--output", "\(folder.path)/read", "--axis", "guidance",
        "--no-baseline", "--model", "resnet8", "--steps", "1",
      ] + sets)
    let (said, begun) = (read.errors.range(of: "axis guidance: t1 = 1, t0.5 = 0.5"), read.errors.range(of: "Training"))
    #expect(said != nil && begun != nil, "\(read.errors)")
    if let said, let begun { #expect(said.upperBound < begun.lowerBound) }
    let convention = try Program.run(
      ["train", "--real", "\(folder.path)/real", "--axis", "truncation", "--axis-convention", "clipped"] + sets)
    #expect(convention.code == 64 && convention.errors.contains("resampled"))
  }

  /// A sweep with metrics beside it: they are computed before the trainings, and correlated with what these give.
  @Test func metricsStandBesideTheScore() throws {
    let folder = try data()
    try Stripes.write(to: folder, "t2", perClass: 14, seed: 5)
    // Half of the names are wrong.
    try Stripes.write(to: folder, "t3", perClass: 8, seed: 6)
    for (label, name) in ["upright", "across", "diagonal"].enumerated() {
      for index in 0..<8 {
        try folder.write(
          try PNG.encode(Stripes.image(class: label, index: index, seed: 7)), "t3/\(name)/wrong\(index).png")
      }
    }
    let sets = ["t0.5", "t1", "t2", "t3"].map { "\(folder.path)/\($0)" }
    let report = try run(
      folder, ["train", "--tensorboard", "--metrics", "kid,prd", "--axis", "truncation", "--synthetic"] + sets,
      output: "sweep")
    let results = report["results"].list.filter { $0["kind"].text == "cas" }
    for name in ["t1", "baseline"] {
      let text = String(
        decoding: try folder.bytes("sweep/tensorboard/\(name)-seed0/events.out.tfevents.cas"), as: UTF8.self)
      #expect(text.ranges(of: "training/loss").count == 2 && text.ranges(of: "test/top1").count == 1)
    }
    #expect(results.count == 4)
    for result in results {
      #expect(result["metrics"].list.map(\.["name"].text) == ["kid", "prd-recall", "prd-precision", "prd-variation"])
      #expect(result["prd"]["recall"].list.count == 1001 && result["metrics"][0]["value"].number != nil)
    }
    let correlations = report["correlations"].list
    #expect(correlations.map(\.["second"].text) == ["kid", "prd-recall", "prd-precision", "prd-variation"])
    #expect(correlations.allSatisfy { $0["first"].text == "top1" && $0["rows"].number == 4 })
    let page = String(decoding: try folder.bytes("sweep/report.html"), as: UTF8.self)
    #expect(page.contains("Precision and recall of distributions.") && page.contains("Do the metrics rank the sets"))
    // The finished run prints its table of results in the form that is asked for.
    let latex = try Program.run("train", "--resume", "\(folder.path)/sweep", "--quiet", "--format", "latex")
    #expect(latex.code == 0 && latex.output.contains("\\toprule") && latex.errors.isEmpty, "\(latex.errors)")
    #expect(try Program.run("train", "--resume", "\(folder.path)/sweep", "--json", "--format", "csv").code == 64)
  }

  /// Its training begins again, and the run goes on.
  @Test func theNetworkOfMetricsMayBeInterrupted() throws {
    let folder = try data()
    let running = try Program.Running([
      "train", "--synthetic", "\(folder.path)/t1", "--real", "\(folder.path)/real", "--metrics", "kid", "--model",
      "resnet8", "--steps", "2", "--output", "\(folder.path)/cut",
    ])
    let deadline = Date().addingTimeInterval(60)
    while !running.errorText.contains("features: own network"), running.isRunning, Date() < deadline { usleep(1000) }
    running.send(SIGINT)
    let cut = running.finish()
    #expect(
      cut.code == 130 && cut.errors.contains("Go on with: cas train --resume \(folder.path)/cut"), "\(cut.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/cut/model-t1-seed0.safetensors"))
    let resumed = try Program.run("train", "--resume", "\(folder.path)/cut")
    #expect(resumed.code == 0 && resumed.errors.contains("features: own network"), "\(resumed.errors)")
  }

  @Test func aPresetIsChosenByTheImages() throws {
    let folder = try data()
    let result = try Program.run(
      "train", "--preset", "auto", "--steps", "2", "--no-baseline", "--synthetic", "\(folder.path)/t1", "--real",
      "\(folder.path)/real", "--output", "\(folder.path)/auto")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("preset: grey-images, because the images are grey, 12 pixels wide and of 3 classes"))
    #expect(result.errors.contains("expected time: about"))
    let settings = String(decoding: try folder.bytes("auto/config.yaml"), as: UTF8.self)
    #expect(settings.contains("preset: auto (grey-images)"), "\(settings)")
    #expect(result.errors.contains("note: Only 2 steps are taken; --preset auto takes 1,500 or more"))
    #expect(result.output.contains("! Only 2 steps are taken"), "\(result.output)")
    // The same settings in other words are the same run.
    let again = try Program.run(
      "train", "--config", "\(folder.path)/auto/config.yaml", "--synthetic", "\(folder.path)/t1", "--real",
      "\(folder.path)/real", "--output", "\(folder.path)/auto")
    #expect(again.code == 0 && again.errors.contains("finished"), "\(again.errors)")
    #expect(settings.contains("model: resnet8") && settings.contains("epochs: 200"), "\(settings)")
    // The smallest training set decides, and that may be the baseline.
    try Stripes.write(to: folder, "many", perClass: 400, seed: 5)
    let small = try Program.run(
      "train", "--preset", "auto", "--steps", "2", "--synthetic", "\(folder.path)/many", "--real",
      "\(folder.path)/real",
      "--output", "\(folder.path)/small")
    #expect(small.errors.contains("epochs, because an epoch has only 48 images"), "\(small.errors)")
  }
}
