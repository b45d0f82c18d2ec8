import Foundation
import Images
import Testing

@Suite struct ErrorTests {
  static func failure(_ bytes: [UInt8], _ path: String = "x.png") -> ImageError? {
    do {
      _ = try ImageDecoder.decode(bytes, path: path)
      return nil
    } catch {
      return error
    }
  }

  static func fileFailure(_ path: String) -> ImageError? {
    do {
      _ = try ImageDecoder.decode(contentsOf: path)
      return nil
    } catch {
      return error
    }
  }

  static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cas-images-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test(arguments: [
    "rgb8-13x11.png", "rgba16-13x11-interlaced.png", "palette4-transparent-13x11.png", "grey1-1x1.png",
    "colour-420-33x29.jpg", "colour-420-progressive-33x29.jpg", "grey-1x1.jpg", "cmyk-adobe.jpg",
    "colour-restart-blocks.jpg",
  ])
  func everyBeginningOfAFileIsTruncated(_ file: String) throws {
    let whole = try Golden.bytes(file)
    let codec = try #require(ImageCodec.detect(whole))
    _ = try ImageDecoder.decode(whole, path: file)
    for count in 1..<whole.count {
      #expect(Self.failure(Array(whole[..<count]), file) == .truncated(path: file, codec: codec), "\(count) bytes")
    }
  }

  @Test func emptyFile() { #expect(Self.failure([]) == .empty(path: "x.png")) }

  /// The PNG with another IHDR, whose checksum is made right again.
  static func png(width: UInt32, height: UInt32, depth: UInt8 = 8, colour: UInt8 = 2) throws -> [UInt8] {
    var bytes = try Golden.bytes("rgb8-13x11.png")
    func put(_ value: UInt32, at index: Int) {
      for k in 0..<4 { bytes[index + k] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(k))) }
    }
    put(width, at: 16)
    put(height, at: 20)
    bytes[24] = depth
    bytes[25] = colour
    var check = ~UInt32(0)
    for byte in bytes[12..<29] {
      check ^= UInt32(byte)
      for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0xEDB8_8320 : check >> 1 }
    }
    put(~check, at: 29)
    return bytes
  }

  @Test(arguments: [(0, 1), (1, 0), (0, 0)] as [(UInt32, UInt32)])
  func zeroSizedPNG(_ width: UInt32, _ height: UInt32) throws {
    let expected = ImageError.damaged(
      path: "x.png", codec: .png, detail: .header(width: Int(width), height: Int(height)))
    #expect(Self.failure(try Self.png(width: width, height: height)) == expected)
  }

  @Test(arguments: [
    (UInt32.max, UInt32.max), (0x7FFF_FFFF, 0x7FFF_FFFF), (178_956_971, 1), (13_378, 13_378), (65_536, 65_536),
  ])
  func pixelsBeyondTheLimit(_ width: UInt32, _ height: UInt32) throws {
    let expected = ImageError.tooLarge(
      path: "x.png", width: Int(width), height: Int(height), limit: 178_956_970)
    #expect(Self.failure(try Self.png(width: width, height: height)) == expected)
  }

  @Test func theLimitItselfIsAllowedButNotInAFewBytes() throws {
    let bytes = try Self.png(width: 13_377, height: 13_377)
    guard case .damaged(_, .png, let detail)? = Self.failure(bytes) else {
      Issue.record("a few bytes cannot hold 178,944,129 pixels")
      return
    }
    #expect("\(detail)".contains("more than its \(bytes.count) bytes can hold"))
  }

  @Test func aSideBeyondTheLimit() throws {
    let expected = ImageError.sideTooLong(path: "x.png", width: 1_000_001, height: 2, limit: 1_000_000)
    #expect(Self.failure(try Self.png(width: 1_000_001, height: 2)) == expected)
  }

  @Test func aLowerLimitCanBeSet() throws {
    let file = "rgb8-13x11.png"
    let bytes = try Golden.bytes(file)
    #expect(throws: ImageError.tooLarge(path: file, width: 13, height: 11, limit: 142)) {
      try ImageDecoder.decode(bytes, path: file, pixelLimit: 142)
    }
    #expect(try ImageDecoder.decode(bytes, path: file, pixelLimit: 143).image.width == 13)
    let jpeg = try Golden.bytes("colour-420-33x29.jpg")
    #expect(throws: ImageError.tooLarge(path: "x.jpg", width: 33, height: 29, limit: 956)) {
      try ImageDecoder.decode(jpeg, path: "x.jpg", pixelLimit: 956)
    }
  }

  /// The JPEG with another size in its frame header.
  static func jpeg(_ file: String, width: Int, height: Int) throws -> [UInt8] {
    var bytes = try Golden.bytes(file)
    let frame = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xFF && [0xC0, 0xC2].contains(bytes[$0 + 1]) })
    for (k, value) in [height >> 8, height & 255, width >> 8, width & 255].enumerated() {
      bytes[frame + 5 + k] = UInt8(value)
    }
    return bytes
  }

  @Test(arguments: ["colour-420-33x29.jpg", "colour-420-progressive-33x29.jpg", "grey-33x29.jpg", "cmyk-adobe.jpg"])
  func sizesThatAJPEGCannotHave(_ file: String) throws {
    let largest = try Self.jpeg(file, width: 65_500, height: 65_500)
    #expect(
      Self.failure(largest, file) == .tooLarge(path: file, width: 65_500, height: 65_500, limit: 178_956_970))
    for (width, height) in [(65_535, 65_535), (13_000, 13_000), (65_500, 2_700), (0, 5), (5, 0)] {
      let bytes = try Self.jpeg(file, width: width, height: height)
      guard case .damaged(file, .jpeg, let detail)? = Self.failure(bytes, file) else {
        Issue.record("\(width) x \(height): \(String(describing: Self.failure(bytes, file)))")
        continue
      }
      #expect(!"\(detail)".isEmpty)
    }
  }

  @Test func aJPEGOfTwelveBitsIsUnsupported() throws {
    var bytes = try Golden.bytes("grey-33x29.jpg")
    let frame = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes[frame + 4] = 12
    guard case .unsupported("x.jpg", .jpeg, let detail)? = Self.failure(bytes, "x.jpg") else {
      Issue.record("12 bits must be refused")
      return
    }
    #expect("\(detail)".contains("12"))
  }

  @Test func aJPEGOfTwoComponentsIsUnsupported() throws {
    var bytes = try Golden.bytes("colour-444-33x29.jpg")
    let scan = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
    bytes.replaceSubrange(scan + 2..<scan + 11, with: [0, 10, 2] + bytes[scan + 5..<scan + 9])
    let frame = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes[frame + 3] = 14
    bytes[frame + 9] = 2
    bytes.removeSubrange(frame + 16..<frame + 19)
    guard case .unsupported("x.jpg", .jpeg, let detail)? = Self.failure(bytes, "x.jpg") else {
      Issue.record("two components must be refused: \(String(describing: Self.failure(bytes, "x.jpg")))")
      return
    }
    #expect("\(detail)".contains("2"))
  }

  @Test func damagedDataIsRefusedAndNamesTheFile() throws {
    var png = try Golden.bytes("rgb8-13x11.png")
    png[60] ^= 0x10
    guard case .damaged("x.png", .png, _)? = Self.failure(png) else {
      Issue.record("a wrong checksum must be refused")
      return
    }
    var text = try Golden.bytes("rgb8-13x11.png")
    text.remove(at: 4)
    #expect(Self.failure(text)?.description.contains("text mode") == true)
    var jpeg = try Golden.bytes("colour-restart-blocks.jpg")
    let restart = try #require(
      jpeg.indices.dropLast().last { jpeg[$0] == 0xFF && (0xD0...0xD7).contains(jpeg[$0 + 1]) })
    jpeg.removeSubrange(restart..<restart + 6)
    guard case .damaged("x.jpg", .jpeg, _)? = Self.failure(jpeg, "x.jpg") else {
      Issue.record("missing blocks must be refused")
      return
    }
  }

  @Test(arguments: [
    (Array("GIF89a......".utf8), "a GIF"), (Array("RIFF....WEBPVP8 ".utf8), "a WebP"),
    (Array("<!DOCTYPE html><title>404</title>".utf8), "an HTML page"), (Array("\n <HTML>".utf8), "an HTML page"),
    (Array("....ftypavif".utf8), "an AVIF"), (Array("{\"error\": 1}".utf8), "a JSON text"),
    (Array("hello\nworld".utf8), "a text"), ([UInt8](repeating: 0, count: 40), "zero bytes only"),
    (
      Array("version https://git-lfs.github.com/spec/v1".utf8),
      "a Git LFS pointer, not the picture itself (git lfs pull fetches it)"
    ),
    (Array("P6 3 3 255\n".utf8), "a PNM"), (Array("BM....".utf8), "a BMP"),
    ([1, 2, 3, 0xFE, 9], "an unknown format that begins with the bytes 01 02 03 fe"),
    ([7], "an unknown format that begins with the bytes 07"),
  ])
  func otherFormatsAreNamed(_ bytes: [UInt8], _ name: String) {
    #expect(Self.failure(bytes) == .unknownFormat(path: "x.png", looksLike: name))
  }

  @Test func filesThatCannotBeRead() throws {
    try Self.withFolder { folder in
      #expect(Self.fileFailure("\(folder)/none.png") == .notFound(path: "\(folder)/none.png"))
      #expect(Self.fileFailure(folder) == .notAFile(path: folder))
      #expect(Self.fileFailure("/dev/null") == .notAFile(path: "/dev/null"))
      let empty = "\(folder)/empty.jpg"
      #expect(FileManager.default.createFile(atPath: empty, contents: nil))
      #expect(Self.fileFailure(empty) == .empty(path: empty))
      #expect(Self.fileFailure("\(empty)/x.png") == .notFound(path: "\(empty)/x.png"))
      let pipe = "\(folder)/pipe.png"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(Self.fileFailure(pipe) == .notAFile(path: pipe))
      let text = "\(folder)/text.png"
      try Data("not a picture".utf8).write(to: URL(fileURLWithPath: text))
      #expect(Self.fileFailure(text) == .unknownFormat(path: text, looksLike: "a text"))
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func filesWithoutPermission() throws {
    try Self.withFolder { folder in
      let path = "\(folder)/secret.png"
      #expect(
        FileManager.default.createFile(atPath: path, contents: Data([1]), attributes: [.posixPermissions: 0]))
      #expect(Self.fileFailure(path) == .notPermitted(path: path))
    }
  }

  @Test func everyErrorNamesItsFileInOneSentence() {
    let path = "folder/a.png"
    let errors: [ImageError] = [
      .notFound(path: path), .notPermitted(path: path), .notAFile(path: path),
      .unreadable(path: path, reason: "Input/output error"), .empty(path: path),
      .unknownFormat(path: path, looksLike: "a GIF"), .truncated(path: path, codec: .png),
      .damaged(path: path, codec: .jpeg, detail: .library("bad Huffman code")),
      .unsupported(path: path, codec: .jpeg, detail: .library("12 bits")),
      .tooLarge(path: path, width: 1, height: 2, limit: 1),
      .sideTooLong(path: path, width: 9, height: 1, limit: 8), .fileTooLarge(path: path, bytes: 3, limit: 2),
      .outOfMemory(path: path),
    ]
    for error in errors {
      #expect(error.path == path)
      #expect(error.description.hasPrefix(path))
      #expect(error.description.hasSuffix("."))
      #expect(error.description.contains(";"), "the remedy follows the semicolon")
    }
  }
}
