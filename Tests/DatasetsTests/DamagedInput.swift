import Datasets
import Foundation
import Images
import Kernels
import Support
import Testing

/// A data set that cannot be read, how it is made, and what its error must say.
struct DamagedInput: Sendable, CustomTestStringConvertible {
  let name: String
  /// A part of the sentence.
  let says: String
  /// Makes the data set under the path; `folder` is the one that the path lies in.
  let make: @Sendable (_ folder: DataFolder, _ path: String) throws -> Void

  init(_ name: String, _ says: String, _ make: @escaping @Sendable (DataFolder, String) throws -> Void) {
    self.name = name
    self.says = says
    self.make = make
  }

  /// A file of these bytes.
  init(_ name: String, says: String, _ bytes: @escaping @Sendable () throws -> [UInt8]) {
    self.init(name, says) { folder, _ in try folder.write(try bytes(), "set") }
  }

  var testDescription: String { name }
}

extension DamagedInput {
  static let all = zips + lists + arrays + tars + samples + stores + folders + binaries

  private static func png() throws -> [UInt8] { try PNG.encode(Image.coloured(8, 8)) }

  private static func zip(_ change: (inout ZipWriter) throws -> Void) throws -> [UInt8] {
    var zip = ZipWriter([("a/1.png", try png()), ("b/2.png", try png())], method: 8)
    try change(&zip)
    return zip.bytes
  }

  private static let zips: [DamagedInput] = [
    DamagedInput("zip: cut in its list", says: "not a zip archive, or it is cut short") {
      Array(try zip { _ in }.dropLast(30))
    },
    DamagedInput("zip: cut in its members", says: "cut short") { Array(try zip { _ in }.prefix(200)) },
    DamagedInput("zip: without its first bytes", says: "not a data set") { Array(try zip { _ in }.dropFirst(60)) },
    DamagedInput("zip: a changed bit in a member", says: "checksum is wrong") {
      var bytes = try zip { _ in }
      bytes[100] ^= 4
      return bytes
    },
    DamagedInput("zip: a changed bit in its list", says: "list of members is damaged") {
      var bytes = try zip { _ in }
      let at = bytes.count - 22 - 2 * 53
      bytes[at] ^= 1
      return bytes
    },
    DamagedInput("zip: more members than there are", says: "list of members holds 2, and 3") {
      try zip { $0.count = 3 }
    },
    DamagedInput("zip: a million members in 200 bytes", says: "list of members holds 2, and 1,099") {
      try zip {
        $0.isZip64 = true
        $0.count = 1 << 40
      }
    },
    DamagedInput("zip: name with ..", says: "leads out of the archive") {
      try zip { $0.members[0].name = Array("../../evil.png".utf8) }
    },
    DamagedInput("zip: name with .. inside", says: "leads out of the archive") {
      try zip { $0.members[0].name = Array("a/../../b/1.png".utf8) }
    },
    DamagedInput("zip: absolute name", says: "leads out of the archive") {
      try zip { $0.members[0].name = Array("/a/1.png".utf8) }
    },
    DamagedInput("zip: name of another system", says: "leads out of the archive") {
      try zip { $0.members[0].name = Array("C:\\a\\1.png".utf8) }
    },
    DamagedInput("zip: backslashes and ..", says: "leads out of the archive") {
      try zip { $0.members[0].name = Array("a\\..\\..\\1.png".utf8) }
    },
    DamagedInput("zip: a name with a zero", says: "leads out of the archive") {
      try zip { $0.members[0].name = Array("a/1\0.png".utf8) }
    },
    DamagedInput("zip: a name that is no UTF-8", says: "not UTF-8") {
      try zip { $0.members[0].name = [0x61, 0x2F, 0xFF, 0x2E] }
    },
    DamagedInput("zip: two members of one name", says: "two members have the name a/1.png") {
      try zip { $0.members[1].name = Array("a/./1.png".utf8) }
    },
    DamagedInput("zip: an image that is a link", says: "is a link") {
      try zip {
        $0.members[0].isLink = true
        $0.members[0].contents = Array("/etc/passwd".utf8)
      }
    },
    DamagedInput("zip: encrypted", says: "a member with a password is not read") {
      try zip { $0.members[0].isEncrypted = true }
    },
    DamagedInput("zip: an unknown method", says: "compression method 99") { try zip { $0.members[0].method = 99 } },
    DamagedInput("zip: smaller than its header says", says: "shorter than its header says") {
      try zip { $0.members[0].size = 5000 }
    },
    DamagedInput("zip: larger than its header says", says: "longer than its header says") {
      try zip { $0.members[0].size = 50 }
    },
    DamagedInput("zip: a size that nothing inflates to", says: "cannot be inflated to the size") {
      try zip { $0.members[0].size = 1 << 30 }
    },
    DamagedInput("zip: bytes that do not inflate", says: "cannot be inflated") {
      try zip { $0.members[0].packed = [UInt8](repeating: 0xFE, count: 40) }
    },
    DamagedInput("zip: stored with two sizes", says: "two sizes") {
      try zip {
        $0.members[0].method = 0
        $0.members[0].size = 20
      }
    },
    DamagedInput("zip: a bomb of 200 MB of zeros", says: "zero bytes only") {
      try zip {
        let times = 800_000
        $0.members[0].packed = Deflate.repeating([0], times: times)
        $0.members[0].size = times * 258 + 1
      }
    },
    DamagedInput("zip: a bomb larger than any image", says: "more than such a member can have") {
      try zip {
        $0.members[0].packed = Deflate.repeating([0x89, 0x50, 0x4E, 0x47, 0], times: 100)
        $0.members[0].size = 9_000_000 * 258 + 5
      }
    },
    DamagedInput("zip: members that overlap", says: "its members overlap") {
      // The second entry of the list points at the first member, as Fifield's bomb does.
      var bytes = try zip { _ in }
      let entry = bytes.count - 22 - 53
      bytes.replaceSubrange(entry + 42..<entry + 46, with: [0, 0, 0, 0])
      return bytes
    },
    DamagedInput("zip: a picture that is cut short", says: "ends before its picture") {
      try zip { $0.members[0].contents.removeLast(30) }
    },
    DamagedInput("zip: no images", says: "no class folders") { ZipWriter([("readme.txt", [65])]).bytes },
    DamagedInput("zip: images without folders", says: "give every class a folder") {
      ZipWriter([("1.png", try png())]).bytes
    },
  ]

  private static func listed(_ text: String) throws -> [UInt8] {
    ZipWriter([("0/1.png", try png()), ("dataset.json", Array(text.utf8))]).bytes
  }

  private static let lists: [DamagedInput] = [
    DamagedInput("list: not JSON", says: "not a JSON object") { try listed("{\"labels\": [") },
    DamagedInput("list: nested too deep", says: "not a JSON object") {
      try listed(String(repeating: "[", count: 100_000))
    },
    DamagedInput("list: no labels", says: "no labels") { try listed("{\"labels\": null}") },
    DamagedInput("list: a file that is not there", says: "0/2.png, which is not there") {
      try listed("{\"labels\": [[\"0/2.png\", 0]]}")
    },
    DamagedInput("list: a file twice", says: "stands there twice") {
      try listed("{\"labels\": [[\"0/1.png\", 0], [\"0/1.png\", 1]]}")
    },
    DamagedInput("list: a negative label", says: "no whole number") { try listed("{\"labels\": [[\"0/1.png\", -1]]}") },
    DamagedInput("list: a label beyond all classes", says: "no whole number") {
      try listed("{\"labels\": [[\"0/1.png\", 1e18]]}")
    },
    DamagedInput("list: a name that leads out", says: "leads out of the archive") {
      try listed("{\"labels\": [[\"../1.png\", 0]]}")
    },
    DamagedInput("list: no pair", says: "no pair of a file and a label") {
      try listed("{\"labels\": [[\"0/1.png\"]]}")
    },
  ]

  private static func npz(
    _ images: [UInt8] = NPYWriter.file("|u1", shape: [2, 2, 2], [UInt8](repeating: 7, count: 8)),
    _ labels: [UInt8]? = NPYWriter.file("<i4", shape: [2], le(0, 4) + le(1, 4))
  ) -> [UInt8] {
    ZipWriter([("arr_0.npy", images)] + (labels.map { [("arr_1.npy", $0)] } ?? [])).bytes
  }

  private static let arrays: [DamagedInput] = [
    DamagedInput("npz: no labels", says: "no labels beside its images") {
      npz(NPYWriter.file("|u1", shape: [1, 2, 2], [1, 2, 3, 4]), nil)
    },
    DamagedInput("npz: more labels than images", says: "2 images, but 3 labels") {
      npz(
        NPYWriter.file("|u1", shape: [2, 2, 2], [UInt8](repeating: 0, count: 8)),
        NPYWriter.file("|u1", shape: [3], [0, 1, 2]))
    },
    DamagedInput("npz: a shape larger than its bytes", says: "needs") {
      npz(NPYWriter.file("|u1", shape: [2, 2, 3], [1, 2, 3, 4]))
    },
    DamagedInput("npz: a shape that overflows", says: "is not possible") {
      npz(NPYWriter.file("|u1", shape: [1 << 40, 1 << 40, 3], [1, 2, 3, 4]))
    },
    DamagedInput("npz: a negative shape", says: "is not possible") {
      npz(NPYWriter.file("|u1", shape: [-1, 2, 2], [1, 2, 3, 4]))
    },
    DamagedInput("npz: two dimensions", says: "not that of grey or RGB images") {
      npz(NPYWriter.file("|u1", shape: [2, 2], [1, 2, 3, 4]))
    },
    DamagedInput("npz: an alpha channel", says: "remove the alpha channel") {
      npz(NPYWriter.file("|u1", shape: [1, 2, 2, 4], [UInt8](repeating: 1, count: 16)))
    },
    DamagedInput("npz: a structure", says: "no integer and no floating-point number") {
      npz(NPYWriter.file("|V9", shape: [1, 2, 2], [1, 2, 3, 4]))
    },
    DamagedInput("npz: objects", says: "no integer and no floating-point number") {
      npz(NPYWriter.file("|O8", shape: [1, 2, 2], [1, 2, 3, 4]))
    },
    DamagedInput("npz: a header that is none", says: "header cannot be read") {
      npz(NPYWriter.file(header: "{'descr': [", [1]))
    },
    DamagedInput("npz: a header longer than the file", says: "header is cut short") {
      npz([0x93] + Array("NUMPY".utf8) + [2, 0] + le(0x7FFF_FFFF, 4) + [1, 2, 3])
    },
    DamagedInput("npz: numbers of no range", says: "neither 0 to 1") {
      npz(NPYWriter.file("<i2", shape: [1, 1, 2], le(-5, 2) + le(700, 2)), NPYWriter.file("|u1", shape: [1], [0]))
    },
    DamagedInput("npz: twelve bits in sixteen", says: "from 0.0 to 4095.0 are neither") {
      npz(NPYWriter.file("<u2", shape: [1, 1, 2], le(0, 2) + le(4095, 2)), NPYWriter.file("|u1", shape: [1], [0]))
    },
    DamagedInput("npz: floats between two ranges", says: "neither 0 to 1") {
      npz(
        NPYWriter.file("<f4", shape: [1, 1, 2], [0, 1.5].flatMap { (x: Float) in le(Int(x.bitPattern), 4) }),
        NPYWriter.file("|u1", shape: [1], [0]))
    },
    DamagedInput("npz: numbers that are none", says: "not finite") {
      npz(NPYWriter.file("<f4", shape: [1, 1, 1], le(0x7FC0_0000, 4)), NPYWriter.file("|u1", shape: [1], [0]))
    },
    DamagedInput("npz: a label that is no number", says: "no whole number") {
      npz(
        NPYWriter.file("|u1", shape: [1, 2, 2], [1, 2, 3, 4]), NPYWriter.file("<f4", shape: [1], le(0x3F00_0000, 4)))
    },
    DamagedInput("npz: no image", says: "no image in it") {
      npz(NPYWriter.file("|u1", shape: [0, 2, 2], []), NPYWriter.file("|u1", shape: [0], []))
    },
    DamagedInput("npz: cut short", says: "cut short") { Array(npz().dropLast(40)) },
  ]

  private static func tar(_ change: (inout TarWriter) -> Void) -> [UInt8] {
    var tar = TarWriter()
    change(&tar)
    return tar.finished
  }

  private static let tars: [DamagedInput] = [
    DamagedInput("tar: cut between two members", says: "ends before the mark of its end") {
      Array(TarWriter.archive([("a/1.png", try png())]).dropLast(1024))
    },
    DamagedInput("tar: cut within a member", says: "cut short") {
      Array(TarWriter.archive([("a/1.png", [UInt8](repeating: 1, count: 4000))]).prefix(2000))
    },
    DamagedInput("tar: a changed header", says: "the header at byte 0 is damaged") {
      var bytes = TarWriter.archive([("a/1.png", try png())])
      bytes[3] ^= 1
      return bytes
    },
    DamagedInput("tar: a size beyond the file", says: "cut short") { tar { $0.add("a/1.png", [1], size: 1 << 30) } },
    DamagedInput("tar: name with ..", says: "leads out of the archive") {
      TarWriter.archive([("../1.png", try png())])
    },
    DamagedInput("tar: absolute name", says: "leads out of the archive") {
      TarWriter.archive([("/etc/1.png", try png())])
    },
    DamagedInput("tar: an image that is a link", says: "is a link") { tar { $0.add("a/1.png", [], type: "2") } },
    DamagedInput("tar: a sparse member", says: "a sparse member (tar --sparse) is not read") {
      tar { $0.add("a/1.png", [1], type: "S") }
    },
    DamagedInput("tar: a sparse member of pax", says: "a sparse member (tar --sparse) is not read") {
      tar { $0.add("a/GNUSparseFile.18327/1.png", [1]) }
    },
    DamagedInput("tar: a long name that leads out", says: "leads out of the archive") {
      TarWriter.archive([(String(repeating: "../", count: 50) + "1.png", try png())])
    },
    DamagedInput("tar: a pax header of no records", says: "is damaged") {
      tar { $0.add("x", Array("999 path=a\n".utf8), type: "x") }
    },
    DamagedInput("tar: a pax size that is none", says: "is damaged") {
      tar {
        $0.addRecords([("size", "-5")])
        $0.add("a/1.png", [1])
      }
    },
    DamagedInput("tar: an extended header of gigabytes", says: "cut short") {
      tar { $0.add("x", [1], type: "L", size: 1 << 31) }
    },
    DamagedInput("tar: two members of one name", says: "two members have the name") {
      TarWriter.archive([("a/1.png", try png()), ("a/1.png", try png())])
    },
    DamagedInput("tar: an empty archive", says: "not a data set") { [UInt8](repeating: 0, count: 1024) },
  ]

  private static func shard(_ label: (String, String)...) throws -> [UInt8] {
    TarWriter.archive([("0.png", try png())] + label.map { ($0.0, Array($0.1.utf8)) })
  }

  private static let samples: [DamagedInput] = [
    DamagedInput("shards: a label that is empty", says: "is empty") { try shard(("0.cls", "")) },
    DamagedInput("shards: a negative label", says: "is no class") { try shard(("0.cls", "-3")) },
    DamagedInput("shards: a label that overflows nothing", says: "is no class") { try shard(("0.cls", "99999999999")) },
    DamagedInput("shards: JSON without a label", says: "no label under") {
      try shard(("0.json", "{\"caption\": \"x\"}"), ("1.png", "x"), ("1.cls", "0"))
    },
    DamagedInput("shards: an image without a label", says: "neither a .cls nor a .json") {
      try shard(("0.cls", "0"), ("1.png", "x"))
    },
    DamagedInput("shards: two images in a sample", says: "two images") { try shard(("0.cls", "0"), ("0.jpg", "x")) },
    DamagedInput("shards: numbers and names", says: "some of its labels are numbers") {
      try shard(("0.cls", "0"), ("1.png", "x"), ("1.cls", "cat"))
    },
    DamagedInput("shards: one of them cut short", "002.tar") { folder, _ in
      let whole = try shard(("0.cls", "0"))
      try folder.write(whole, "set/001.tar")
      try folder.write(Array(whole.prefix(700)), "set/002.tar")
    },
  ]

  /// A sound store, changed by `change`.
  private static func store(
    _ name: String, _ says: String, asPixels: Bool = false, _ change: @escaping @Sendable (inout [UInt8]) -> Void
  ) -> DamagedInput {
    DamagedInput(name, says) { folder, path in
      try folder.writeClasses("source", ["a": ["1.png", "2.png"], "b": ["3.png"]])
      var options = StorePacker.Options()
      options.asPixels = asPixels
      _ = try StorePacker(try Dataset.open(folder["source"]), options: options, pool: ThreadPool(threads: 1))
        .write(to: path)
      var bytes = try InputFile.contents(of: path)
      change(&bytes)
      try folder.write(bytes, "set")
    }
  }

  private static let stores: [DamagedInput] = [
    store("store: cut by one byte", "cut short") { $0.removeLast() },
    store("store: cut to its beginning", "cut short") { $0.removeLast($0.count - 20) },
    store("store: a byte too many", "cut short") { $0.append(0) },
    store("store: a byte in the middle removed", "do not fill its file") { $0.remove(at: 40) },
    store("store: a changed bit in its end", "the end of the packed store is damaged") { $0[$0.count - 60] ^= 1 },
    store("store: a changed bit in its description", "the description in the packed store is damaged") {
      $0[$0.count - 100] ^= 1
    },
    store("store: a changed bit in its records", "records of the packed store are damaged") { bytes in
      let record = bytes.count - 88
      let start = bytes[record + 8..<record + 16].reversed().reduce(0) { $0 << 8 | Int($1) }
      bytes[start + 3] ^= 1
    },
    store("store: a changed bit in an image", "the image is damaged") { $0[60] ^= 1 },
    store("store: a changed pixel", "the image is damaged", asPixels: true) { $0[20] ^= 1 },
  ]

  private static let folders: [DamagedInput] = [
    DamagedInput("folder: a link to nothing", "leads nowhere") { folder, _ in
      try folder.makeFolder("set/a")
      try folder.link("set/a/1.png", to: "gone.png")
    },
    DamagedInput("folder: links in a circle, and no image", "no PNG or JPEG image") { folder, _ in
      try folder.makeFolder("set/a")
      try folder.makeFolder("set/b")
      try folder.link("set/a/loop", to: folder["set"])
      try folder.link("set/b/loop", to: folder["set/b"])
      try folder.link("set/b/self", to: "self")
    },
    DamagedInput("folder: a pipe instead of an image", "no PNG or JPEG image") { folder, _ in
      try folder.makeFolder("set/a")
      mkfifo(folder["set/a/1.png"], 0o600)
    },
    DamagedInput("folder: an image that is a folder", "no PNG or JPEG image") { folder, _ in
      try folder.makeFolder("set/a/1.png")
    },
    DamagedInput("folder: an image that is empty", "is empty") { folder, _ in try folder.write([], "set/a/1.png") },
    DamagedInput("folder: a page instead of an image", "an HTML page") { folder, _ in
      try folder.write("<!doctype html><p>404", "set/a/1.png")
    },
    DamagedInput("folder: a gigantic header", "more than the limit") { folder, _ in
      var bytes = try png()
      bytes.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
      try folder.write(bytes, "set/a/1.png")
    },
  ]

  private static let binaries: [DamagedInput] = [
    DamagedInput("CIFAR: half a record", "no whole number of CIFAR-10 binary records") { folder, _ in
      try folder.write([UInt8](repeating: 0, count: 1000), "set/test_batch.bin")
    },
    DamagedInput("CIFAR: a label beyond all classes", "has label 99") { folder, _ in
      try folder.write([99] + [UInt8](repeating: 0, count: 3072), "set/test_batch.bin")
    },
    DamagedInput("IDX: more images than bytes", "shorter than its header says") { folder, _ in
      try folder.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 1], "set/train-labels-idx1-ubyte")
      try folder.write([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 9, 1], "set/train-images-idx3-ubyte")
    },
    DamagedInput("IDX: sizes that overflow", "impossible sizes") { folder, _ in
      try folder.write([0, 0, 8, 1, 0, 0, 0, 1, 0], "set/train-labels-idx1-ubyte")
      try folder.write(
        [0, 0, 8, 3, 0, 0, 0, 1] + [UInt8](repeating: 0xFF, count: 8) + [1], "set/train-images-idx3-ubyte")
    },
    DamagedInput("a compressed tar", "a gzip-compressed file is not read") { folder, _ in
      try folder.write([0x1F, 0x8B, 8, 0, 0, 0], "set")
    },
    DamagedInput("a text", "not a data set") { folder, _ in try folder.write("hello", "set") },
    DamagedInput("an empty file", "not a data set") { folder, _ in try folder.write([], "set") },
  ]
}
