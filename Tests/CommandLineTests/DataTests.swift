import Foundation
import Images
import Networks
import Randomness
import Support
import Testing

@Suite(.serialized) struct DataTests {
  private let folder: TemporaryFolder
  private let classNames = ["cat", "dog", "emu"]
  private static let perClass = 12

  /// 36 coloured samples in three classes as a folder, and as many other real ones.
  init() throws {
    folder = try TemporaryFolder()
    for (index, image) in samples.enumerated() {
      let member = "\(classNames[index / Self.perClass])/\(index).png"
      try folder.write(try PNG.encode(image), "folder/\(member)")
      try folder.write(try PNG.encode(picture(index, seed: 9)), "real/\(member)")
    }
  }

  private var samples: [Image] { (0..<3 * Self.perClass).map { picture($0, seed: 1) } }

  /// Blobs whose colour depends on the class, and noise.
  private func picture(_ index: Int, seed: Int) -> Image {
    var noise = RandomStream(seed: UInt64(seed), purpose: "test picture").split(index)
    return Image(
      width: 12, height: 12, channels: 3,
      pixels: (0..<12 * 12 * 3).map { place in
        let isClass = place % 3 == index / Self.perClass
        let wave = (place / 3 % 12 * (index % 5 + 1) + place / 36 * (index % 7 + 1)) % 24 * 5
        return UInt8((wave + noise.nextInteger(below: 40) + (isClass ? 90 : 10)) % 256)
      })
  }

  /// Writes the samples in all other formats; the paths.
  private func formats() throws -> [String] {
    let files = try samples.enumerated().map { index, image in
      (
        member: "\(classNames[index / Self.perClass])/\(index).png", label: index / Self.perClass,
        bytes: try PNG.encode(image)
      )
    }
    try folder.write(ZipWriter(files.map { ($0.member, $0.bytes) }, method: 8).bytes, "zip")
    let labels = files.map { "[\"\($0.member)\", \($0.label)]" }.joined(separator: ",")
    try folder.write(
      ZipWriter(files.map { ($0.member, $0.bytes) } + [("dataset.json", Array("{\"labels\": [\(labels)]}".utf8))])
        .bytes,
      "list.zip")
    try folder.write(
      ZipWriter([
        ("arr_0.npy", NPYWriter.file("|u1", shape: [files.count, 12, 12, 3], samples.flatMap(\.pixels))),
        ("arr_1.npy", NPYWriter.file("<i8", shape: [files.count], files.flatMap { le($0.label, 8) })),
      ]).bytes, "set.npz")
    try folder.write(TarWriter.archive(files.map { ($0.member, $0.bytes) }), "set.tar")
    for shard in 0..<3 {
      try folder.write(
        TarWriter.archive(
          files[shard * 12..<shard * 12 + 12].flatMap { file in
            let key = "\(file.member.split(separator: "/")[1].dropLast(4))"
            return [("\(key).png", file.bytes), ("\(key).cls", Array("\(file.label)".utf8))]
          }), "shards/\(shard).tar")
    }
    for (name, options) in [("files.pack", [String]()), ("pixels.pack", ["--pixels"])] {
      let result = try Program.run(
        ["data", "pack", "\(folder.path)/folder", "--output", "\(folder.path)/\(name)"] + options)
      #expect(result.code == 0 && result.output.contains("36 images"), "\(result.errors)")
    }
    return ["zip", "list.zip", "set.npz", "set.tar", "shards", "files.pack", "pixels.pack"]
  }

  private func model(_ path: String, _ options: [String], output: String) throws -> [UInt8] {
    let result = try Program.run(
      [
        "train", "--synthetic", "s=\(folder.path)/\(path)", "--real", "\(folder.path)/real", "--model", "resnet8",
        "--steps", "4", "--batch-size", "12", "--output", "\(folder.path)/\(output)", "--quiet",
      ] + options)
    #expect(result.code == 0, "\(path): \(result.errors)")
    return try folder.bytes("\(output)/model-s-seed0.safetensors")
  }

  @Test func everyFormatGivesTheSameModel() throws {
    let expected = try model("folder", [], output: "run-folder")
    for format in try formats() { #expect(try model(format, [], output: "run-\(format)") == expected, "\(format)") }
    // So does decoding images whenever they are needed, with any number of threads.
    for path in ["folder", "zip", "files.pack"] {
      let options = ["--stream", "always", "--threads", path == "zip" ? "1" : "3"]
      #expect(try model(path, options, output: "stream-\(path)") == expected, "\(path)")
    }
  }

  /// The numbers of a model; its file also says how it came to be.
  private func tensors(_ path: String, _ options: [String], output: String) throws -> [String: SafeTensors.Entry] {
    try SafeTensors(try model(path, options, output: output), path: output).tensors
  }

  @Test func countsAndOperationsChangeTheModel() throws {
    let plain = try tensors("folder", [], output: "plain")
    var models = [plain]
    for (name, options) in [
      ("fewer", ["--per-class", "9"]),
      ("jitter", ["--set", "training.augmentation=[{colorJitter: {brightness: 0.3, hue: 0.1}}]"]),
      ("erasing", ["--set", "training.augmentation=[randomErasing]"]), ("none", ["--set", "training.augmentation=[]"]),
      // Images that have the right size already are the same in memory and where they are stored.
      ("whole crops", ["--set", "training.augmentation=[randomResizedCrop, flip]"]),
      ("crops", ["--input", "10", "--resize", "crop", "--set", "training.augmentation=[randomResizedCrop, flip]"]),
    ] {
      let first = try tensors("folder", options, output: name)
      #expect(!models.contains(first), "\(name)")
      models.append(first)
      #expect(
        try tensors("folder", options + ["--threads", "1", "--stream", "always"], output: "\(name)-again") == first)
    }
  }

  /// Classes of unlike size are shown equally often.
  @Test func weightsChangeTheModelOfUnequalClasses() throws {
    for index in 0..<8 { try FileManager.default.removeItem(atPath: "\(folder.path)/folder/cat/\(index).png") }
    let unequal = try tensors("folder", [], output: "unequal")
    let balanced = try tensors("folder", ["--weighting", "balanced"], output: "balanced")
    #expect(balanced != unequal)
  }

  /// Images with numbers get their classes from --class-names, whose order is not the network's.
  @Test func evaluateNamesTheNumbersOfImages() throws {
    _ = try model("folder", [], output: "named")
    let labels = [0, 0, 0, 1, 1, 2]
    try folder.write(
      ZipWriter([
        ("arr_0.npy", NPYWriter.file("|u1", shape: [6, 12, 12, 3], samples.prefix(6).flatMap(\.pixels))),
        ("arr_1.npy", NPYWriter.file("<i8", shape: [6], labels.flatMap { le($0, 8) })),
      ]).bytes, "numbers.npz")
    try folder.write(Array("emu\ndog\ncat\n".utf8), "names.txt")
    let arguments = [
      "evaluate", "--weights", "\(folder.path)/named/model-s-seed0.safetensors", "--real", "\(folder.path)/numbers.npz",
      "--json",
    ]
    func supports(_ options: [String]) throws -> [String: Double] {
      let result = try Program.run(arguments + options)
      #expect(result.code == 0, "\(result.errors)")
      let classes = try Document(result.output, schema: "report")["results"][0]["perClass"].list
      return Dictionary(uniqueKeysWithValues: classes.map { ($0["name"].text ?? "", $0["support"].number ?? -1) })
    }
    #expect(try supports([]) == ["cat": 3, "dog": 2, "emu": 1])
    #expect(try supports(["--class-names", "\(folder.path)/names.txt"]) == ["emu": 3, "dog": 2, "cat": 1])
    #expect(try Program.run(arguments).errors.contains("from 0 for cat to 2 for emu"))
    try folder.write(Array("emu\ndog\n".utf8), "few.txt")
    #expect(try Program.run(arguments + ["--class-names", "\(folder.path)/few.txt"]).code == 65)
  }

  @Test func inspectTellsWhatIsThere() throws {
    try folder.write(try JPEG.encode(picture(3, seed: 4), quality: 70), "folder/cat/photo.jpg")
    let text = try Program.run("data", "inspect", "\(folder.path)/folder")
    #expect(text.code == 0 && text.output.contains("12x12 (37)") && text.output.contains("70 (1)"), "\(text.output)")
    let document = try Document(
      try Program.run("data", "inspect", "--json", "\(folder.path)/folder").output, schema: "data-inspect")
    #expect(document["command"].text == "data inspect" && document["results"][0]["images"].number == 37)
    #expect(document["results"][0]["codecs"].entry("name", "jpeg")["images"].number == 1)
    try folder.write([1, 2, 3], "folder/cat/broken.png")
    let broken = try Program.run("data", "inspect", "\(folder.path)/folder")
    #expect(broken.code == 65 && broken.output.contains("broken.png"))
    #expect(try Program.run("data", "inspect", "\(folder.path)/none").code == 66)
  }

  @Test func checkFindsCopiesOfRealImages() throws {
    let clean = try Program.run(
      "data", "check", "\(folder.path)/folder", "--real", "\(folder.path)/real", "--max-leaks", "0")
    #expect(clean.code == 0 && clean.output.contains("no copy of an image of"), "\(clean.output)")
    // A gate that compares nothing must not pass.
    let alone = try Program.run("data", "check", "\(folder.path)/folder", "--max-leaks", "0")
    #expect(alone.code == 64 && alone.errors.contains("--real"), "\(alone.errors)")
    for index in 0..<3 { try folder.write(try PNG.encode(picture(index, seed: 9)), "folder/dog/copy\(index).png") }
    let arguments = ["data", "check", "\(folder.path)/folder", "--real", "\(folder.path)/real"]
    let found = try Program.run(arguments + ["--sheet", "\(folder.path)/copies.html", "--json"])
    let leaks = try Document(found.output, schema: "data-check")["results"][0]["leaks"]
    #expect(found.code == 0 && leaks.list.count == 3 && leaks[0]["kind"].text == "exact")
    #expect(leaks[0]["originalClass"].text == "cat" && leaks[0]["className"].text == "dog")
    let page = String(decoding: try folder.bytes("copies.html"), as: UTF8.self)
    #expect(page.components(separatedBy: "data:image/png").count == 7)
    #expect(try Program.run(arguments + ["--max-leaks", "2"]).code == 1)
    // Training says so, too.
    let run = try Program.run(
      "train", "--synthetic", "s=\(folder.path)/folder", "--real", "\(folder.path)/real", "--model", "resnet8",
      "--steps",
      "2", "--batch-size", "12", "--output", "\(folder.path)/warned")
    #expect(
      run.errors.contains("3 of the 39 images of the synthetic set s are among the real test images"), "\(run.errors)")
  }

  @Test func unlikeSidesGiveWarnings() throws {
    for (index, image) in samples.prefix(18).enumerated() {
      try folder.write(try JPEG.encode(image), "jpegs/\(classNames[index < 14 ? 0 : index % 2 + 1])/\(index).jpg")
    }
    let run = try Program.run(
      "train", "--synthetic", "s=\(folder.path)/jpegs", "--real", "\(folder.path)/real", "--model", "resnet8",
      "--steps",
      "1", "--batch-size", "12", "--output", "\(folder.path)/warned")
    #expect(
      run.errors.contains(
        "The synthetic set s has too many images of some classes and too few of others, most too many of"),
      "\(run.errors)")
    #expect(run.errors.contains("stored as jpeg of quality 90, the real test set as png"), "\(run.errors)")
    #expect(
      try Program.run(
        "train", "--synthetic", "s=\(folder.path)/jpegs", "--real", "\(folder.path)/real", "--match-label-counts"
      ).code == 64)
  }
}
