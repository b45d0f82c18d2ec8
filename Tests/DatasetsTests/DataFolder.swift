import Foundation
import Images

/// A folder for the files of one test, which goes away with the value that holds it.
final class DataFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("cas-data-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something in the folder.
  subscript(name: String) -> String { "\(path)/\(name)" }

  func write(_ bytes: [UInt8], _ name: String) throws {
    try makeFolder((name as NSString).deletingLastPathComponent)
    try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
  }

  func write(_ text: String, _ name: String) throws { try write(Array(text.utf8), name) }

  func write(_ image: Image, _ name: String) throws { try write(try PNG.encode(image), name) }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: self[name], withIntermediateDirectories: true)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: self[name], withDestinationPath: target)
  }

  /// Class folders of grey 4x4 images: `classes` gives the file names of each class.
  func writeClasses(_ root: String, _ classes: [String: [String]]) throws {
    for (name, members) in classes {
      try makeFolder("\(root)/\(name)")
      for (index, member) in members.enumerated() {
        try write(
          .grey(4, 4, first: UInt8(truncatingIfNeeded: name.utf8.reduce(index) { $0 &+ Int($1) })),
          "\(root)/\(name)/\(member)")
      }
    }
  }
}

extension Image {
  /// A grey ramp that starts with `first`.
  static func grey(_ width: Int, _ height: Int, first: UInt8 = 0) -> Image {
    Image(
      width: width, height: height, channels: 1,
      pixels: (0..<width * height).map { UInt8(truncatingIfNeeded: $0 * 7 + Int(first)) })
  }

  /// Three different ramps, one for each channel.
  static func coloured(_ width: Int, _ height: Int, first: UInt8 = 0) -> Image {
    Image(
      width: width, height: height, channels: 3,
      pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 5 + $0 % 3 * 90 + Int(first)) })
  }

  /// The same picture with its one channel three times over.
  var tripled: Image {
    Image(width: width, height: height, channels: 3, pixels: pixels.flatMap { [$0, $0, $0] })
  }
}
