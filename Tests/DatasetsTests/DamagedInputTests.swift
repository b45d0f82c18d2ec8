import Datasets
import Foundation
import Images
import Kernels
import Randomness
import Support
import Testing

/// Inputs that somebody damaged or made to deceive: one clear error each, and nothing written but what the test wrote.
@Suite(.serialized) struct DamagedInputTests {
  /// Opens, lists and loads a data set, as a training does.
  static func load(_ path: String) throws -> Samples {
    let dataset = try Dataset.open(path)
    let listing = try dataset.list(.train)
    let matching = try ClassMatching(test: listing, others: [])
    return try dataset.load(listing, classes: matching.test, pool: ThreadPool(threads: 2))
  }

  @Test(arguments: DamagedInput.all)
  func oneClearErrorEach(_ input: DamagedInput) throws {
    let folder = try DataFolder()
    try input.make(folder, folder["set"])
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    do {
      _ = try Self.load(folder["set"])
      Issue.record("\(input.name) was read")
    } catch {
      let sentence = "\(error)"
      #expect(error is DataError || error is ImageError || error is FileError, "\(type(of: error))")
      #expect(sentence.contains(folder.path), "\(sentence)")
      #expect(sentence.contains(input.says), "\(sentence)")
      #expect(sentence.hasSuffix(".") && !sentence.contains("\n"))
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test func thereAreFiftyOfThem() {
    #expect(DamagedInput.all.count >= 50)
    #expect(Set(DamagedInput.all.map(\.name)).count == DamagedInput.all.count)
  }

  @Test func linksInACircleComeToAnEnd() throws {
    let folder = try DataFolder()
    try folder.writeClasses("set", ["a": ["1.png"], "b": ["2.png"]])
    try folder.link("set/a/loop", to: folder["set/a"])
    try folder.link("set/b/up", to: folder["set"])
    #expect(try Self.load(folder["set"]).count == 2)
  }

  static let inputs = ProcessInfo.processInfo.environment["CAS_FUZZ_INPUTS"].flatMap { Int($0) } ?? 400

  /// Changed archives, arrays and stores are read or refused, never a crash; for more of them set CAS_FUZZ_INPUTS.
  @Test(arguments: [
    "zip deflated", "zip64", "zip with list", "npz", "npz deflated", "tar", "webdataset json", "store", "pixel store",
  ])
  func changedFilesAreReadOrRefused(format: String) throws {
    let archives = try SampleArchives(perClass: 2, side: 4)
    let whole = try InputFile.contents(of: try archives.write(format))
    let path = archives.folder["changed"]
    var (read, refused) = (0, 0)
    for number in 0..<Self.inputs {
      var stream = RandomStream(seed: UInt64(number), purpose: "damaged archives")
      var bytes = whole
      repeat { Self.change(&bytes, &stream) } while stream.nextBool()
      try archives.folder.write(bytes, "changed")
      do {
        _ = try Self.load(path)
        read += 1
      } catch {
        refused += 1
        #expect(error is DataError || error is ImageError || error is FileError, "input \(number): \(error)")
      }
    }
    #expect(refused > 0)
    print("fuzz \(format): \(Self.inputs) inputs, \(read) read, \(refused) refused")
  }

  private static func change(_ bytes: inout [UInt8], _ stream: inout RandomStream) {
    let interesting: [UInt8] = [0, 1, 2, 8, 0x2E, 0x2F, 0x50, 0x7F, 0x80, 0xFE, 0xFF]
    guard !bytes.isEmpty else { return }
    // The headers lie at the beginning and at the end; half of the changes go there.
    let span = stream.nextBool() ? bytes.count : min(bytes.count, 256)
    let at = stream.nextBool() ? stream.nextInteger(below: span) : bytes.count - 1 - stream.nextInteger(below: span)
    switch stream.nextInteger(below: 6) {
    case 0: bytes[at] ^= 1 << UInt8(stream.nextInteger(below: 8))
    case 1: bytes[at] = interesting[stream.nextInteger(below: interesting.count)]
    case 2: for place in at..<min(bytes.count, at + 1 + stream.nextInteger(below: 8)) { bytes[place] = 0xFF }
    case 3: bytes.insert(UInt8(stream.nextInteger(below: 256)), at: at)
    case 4: bytes.removeSubrange(at..<min(bytes.count, at + 1 + stream.nextInteger(below: 16)))
    default: bytes.removeSubrange(max(1, at)...)
    }
  }
}
