import Datasets
import Foundation
import Images
import Kernels
import Support

/// The same small set of labelled images in every format that is read.
struct SampleArchives {
  let folder: DataFolder
  /// Class, name and picture of each image, in the order of the classes' and the images' names.
  let images: [(label: Int, name: String, image: Image)]

  static let classNames = ["cat", "dog", "emu"]

  init(perClass: Int = 4, side: Int = 6) throws {
    folder = try DataFolder()
    images = (0..<3 * perClass).map { index in
      let (label, own) = (index / perClass, index % perClass)
      return (label, "\(own)", Image.coloured(side, side, first: UInt8(truncatingIfNeeded: index * 19)))
    }
  }

  private func png(_ image: Image) throws -> [UInt8] { try PNG.encode(image) }

  private func named(_ suffix: String = "png") throws -> [(String, [UInt8])] {
    try images.map { ("\(Self.classNames[$0.label])/\($0.name).\(suffix)", try png($0.image)) }
  }

  private func list() -> [UInt8] {
    let labels = images.map { "[\"\(Self.classNames[$0.label])/\($0.name).png\", \($0.label)]" }
    return Array("{\"labels\": [\(labels.joined(separator: ", "))]}".utf8)
  }

  private func arrays(method: Int = 0) -> ZipWriter {
    let labels = images.flatMap { le($0.label, 8) }
    let (count, side) = (images.count, images[0].image.width)
    return ZipWriter(
      [
        ("arr_0.npy", NPYWriter.file("|u1", shape: [count, side, side, 3], images.flatMap(\.image.pixels))),
        ("arr_1.npy", NPYWriter.file("<i8", shape: [count], labels)),
      ], method: method)
  }

  private func samples(named: Bool) throws -> [(String, [UInt8])] {
    try images.flatMap { label, name, image in
      let key = "\(label)-\(name)"
      let label = named ? Self.classNames[label] : "\(label)"
      return [("\(key).png", try png(image)), ("\(key).cls", Array(label.utf8))]
    }
  }

  static let formats = [
    "folder", "zip", "zip deflated", "zip64", "zip in a folder", "zip with list", "folder with list", "npz",
    "npz deflated", "tar", "webdataset", "webdataset names", "webdataset json", "shards", "store", "pixel store",
    "store of npz",
  ]

  /// Writes the set in one of the formats and returns its path.
  func write(_ format: String) throws -> String {
    let path = folder[format.replacing(" ", with: "-")]
    let name = (path as NSString).lastPathComponent
    switch format {
    case "folder": for (member, bytes) in try named() { try folder.write(bytes, "\(name)/\(member)") }
    case "zip": try folder.write(ZipWriter(try named()).bytes, name)
    case "zip deflated": try folder.write(ZipWriter(try named(), method: 8).bytes, name)
    case "zip64":
      var zip = ZipWriter(try named())
      zip.isZip64 = true
      try folder.write(zip.bytes, name)
    case "zip in a folder":
      try folder.write(
        ZipWriter(try named().map { ("samples/\($0.0)", $0.1) } + [("samples/notes.txt", [65])]).bytes, name)
    case "zip with list": try folder.write(ZipWriter(try named() + [("dataset.json", list())], method: 8).bytes, name)
    case "folder with list":
      for (member, bytes) in try named() + [("dataset.json", list())] { try folder.write(bytes, "\(name)/\(member)") }
    case "npz": try folder.write(arrays().bytes, name)
    case "npz deflated": try folder.write(arrays(method: 8).bytes, name)
    case "tar": try folder.write(TarWriter.archive(try named().map { ("./\($0.0)", $0.1) }), name)
    case "webdataset": try folder.write(TarWriter.archive(try samples(named: false)), name)
    case "webdataset names": try folder.write(TarWriter.archive(try samples(named: true)), name)
    case "webdataset json":
      try folder.write(
        TarWriter.archive(
          try samples(named: false).map { name, bytes in
            guard name.hasSuffix(".cls") else { return (name, bytes) }
            return (
              name.replacing(".cls", with: ".json"),
              Array("{\"label\": \(String(decoding: bytes, as: UTF8.self))}".utf8)
            )
          }), name)
    case "shards":
      let all = try samples(named: false)
      for (shard, start) in stride(from: 0, to: all.count, by: 10).enumerated() {
        try folder.write(TarWriter.archive(Array(all[start..<min(all.count, start + 10)])), "\(name)/set-\(shard).tar")
      }
    case "store", "pixel store", "store of npz":
      var options = StorePacker.Options()
      options.asPixels = format == "pixel store"
      let source = try Dataset.open(try write(format == "store of npz" ? "npz" : "folder"))
      _ = try StorePacker(source, options: options, pool: ThreadPool(threads: 2)).write(to: path)
    default: preconditionFailure("there is no format \(format)")
    }
    return path
  }

  /// Loads a set; classes that have only numbers take the names.
  static func load(_ path: String, _ options: LoadOptions = LoadOptions()) throws -> Samples {
    let dataset = try Dataset.open(path)
    let listing = try dataset.list(.train)
    let names = listing.classNames ?? classNames
    let classes = ClassAssignment(classNames: classNames, targets: names.map { classNames.firstIndex(of: $0) })
    return try dataset.load(listing, classes: classes, options: options, pool: ThreadPool(threads: 2))
  }
}
