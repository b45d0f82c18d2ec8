import Datasets
import Foundation
import Images
import Kernels
import Randomness
import Testing

@Suite(.serialized) struct SurveyTests {
  /// A picture of a few soft blobs, different for each number.
  private func picture(_ number: Int, side: Int = 32) -> Image {
    var stream = RandomStream(seed: 77, purpose: "test picture").split(number)
    let blobs = (0..<6).map { _ in
      (
        x: stream.nextUniform() * Float(side), y: stream.nextUniform() * Float(side),
        size: 3 + 8 * stream.nextUniform(),
        colour: (0..<3).map { _ in 255 * stream.nextUniform() }
      )
    }
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        for channel in 0..<3 {
          var value: Float = 40
          for blob in blobs {
            let distance = ((Float(x) - blob.x) * (Float(x) - blob.x) + (Float(y) - blob.y) * (Float(y) - blob.y))
              .squareRoot()
            value += max(0, 1 - distance / blob.size) * (blob.colour[channel] - value)
          }
          pixels.append(UInt8(max(0, min(255, value))))
        }
      }
    }
    return Image(width: side, height: side, channels: 3, pixels: pixels)
  }

  private func survey(_ path: String, _ split: Split = .train, compares: Bool = true) throws -> Survey {
    let dataset = try Dataset.open(path)
    return try dataset.survey(try dataset.list(split), compares: compares, pool: ThreadPool(threads: 2))
  }

  /// 60 clean samples and 10 copies out of 50 test images: 5 as they are, 3 saved as JPEG, 2 mirrored.
  @Test(arguments: [32, 28, 45])
  func plantedLeaksAreFoundAndNothingElse(side: Int) throws {
    let folder = try DataFolder()
    for index in 0..<50 { try folder.write(picture(index, side: side), "real/\(index % 5)/\(index).png") }
    for index in 0..<60 { try folder.write(picture(1000 + index, side: side), "clean/\(index % 5)/\(index).png") }
    for index in 0..<60 { try folder.write(picture(1000 + index, side: side), "leaky/\(index % 5)/\(index).png") }
    for index in 0..<10 {
      let original = picture(3 * index, side: side)
      switch index {
      case ..<5: try folder.write(original, "leaky/0/copy\(index).png")
      case ..<8: try folder.write(try JPEG.encode(original, quality: 75 + 5 * (index - 5)), "leaky/0/copy\(index).jpg")
      default: try folder.write(original.turned(.mirrored), "leaky/0/copy\(index).png")
      }
    }
    let real = try survey(folder["real"], .test)
    let pool = ThreadPool(threads: 2)
    #expect(CopySearch.copies(in: try survey(folder["clean"]), of: [real], pool: pool).isEmpty)
    #expect(CopySearch.duplicates(in: try survey(folder["clean"]), pool: pool).isEmpty)
    let leaky = try survey(folder["leaky"])
    let found = CopySearch.copies(in: leaky, of: [real], pool: pool)
    #expect(found.count == 10)
    for match in found {
      let name = leaky.listing.entries[match.image].member
      let index = try #require(Int(name.split(separator: "y").last?.prefix { $0.isNumber } ?? ""))
      #expect(name.hasPrefix("0/copy"))
      #expect(real.listing.entries[match.original].member.hasSuffix("/\(3 * index).png"))
      #expect(match.kind == (index < 5 ? .exact : .near) && match.isMirrored == (index >= 8))
    }
    for threads in [1, 3] {
      #expect(CopySearch.copies(in: leaky, of: [real], pool: ThreadPool(threads: threads)) == found)
    }
  }

  @Test func duplicatesPointToTheFirst() throws {
    let folder = try DataFolder()
    for (name, number) in [("a/1", 1), ("a/2", 2), ("b/1", 1), ("b/3", 3), ("b/4", 1)] {
      try folder.write(picture(number), "set/\(name).png")
    }
    try folder.write(picture(2).turned(.mirrored), "set/b/5.png")
    // Flat pictures are copies only where they are exact ones.
    for (name, level) in [("c/1", UInt8(100)), ("c/2", 101), ("c/3", 100)] {
      try folder.write(
        Image(width: 32, height: 32, channels: 1, pixels: [UInt8](repeating: level, count: 1024)), "set/\(name).png")
    }
    let survey = try survey(folder["set"])
    let found = CopySearch.duplicates(in: survey, pool: ThreadPool(threads: 2)).map { match in
      [match.image, match.original].map { survey.listing.entries[$0].member } + [match.kind.rawValue]
    }
    #expect(
      found == [
        ["b/1.png", "a/1.png", "exact"], ["b/4.png", "a/1.png", "exact"], ["b/5.png", "a/2.png", "near"],
        ["c/3.png", "c/1.png", "exact"],
      ])
  }

  /// Two images at the same distance: the first one is the original.
  @Test func nearCopiesPointToTheFirst() throws {
    let folder = try DataFolder()
    for name in ["a/1", "b/2"] { try folder.write(picture(1), "set/\(name).png") }
    for name in ["a/0", "b/1"] { try folder.write(picture(2), "set/\(name).png") }
    try folder.write(picture(1).turned(.mirrored), "copies/a/1.png")
    try folder.write(picture(2).turned(.mirrored), "copies/a/2.png")
    let set = try survey(folder["set"])
    let found = CopySearch.copies(in: try survey(folder["copies"]), of: [set], pool: ThreadPool(threads: 1))
    #expect(found.map { set.listing.entries[$0.original].member } == ["a/1.png", "a/0.png"])
  }

  @Test func damagedImagesDoNotEndASurvey() throws {
    let folder = try DataFolder()
    try folder.write(picture(1), "set/a/1.png")
    try folder.write(Array(try PNG.encode(picture(2)).prefix(100)), "set/a/2.png")
    try folder.write("text", "set/a/3.jpg")
    try folder.write(try JPEG.encode(picture(4), quality: 80), "set/b/4.jpg")
    try folder.write(Image.grey(8, 8), "set/b/5.png")
    let survey = try survey(folder["set"], compares: false)
    #expect(survey.damaged.map(\.index) == [1, 2])
    #expect(survey.damaged[0].sentence.contains("a/2.png") && survey.damaged[1].sentence.contains("a text"))
    #expect(survey.jpegQualities == [80: 1] && survey.jpegSamplings == ["4:2:0": 1])
    #expect(survey.pictures.compactMap { $0 }.count { $0.isGrey } == 1)
    #expect(survey.colours.mean.count == 3)
  }

  /// Grey and colour of all pixels, against the plain sums.
  @Test func coloursAreMeansOverAllPixels() throws {
    let folder = try DataFolder()
    let images = [Image.coloured(5, 4), Image.grey(3, 7, first: 9)]
    for (index, image) in images.enumerated() { try folder.write(image, "set/a/\(index).png") }
    let colours = try survey(folder["set"], compares: false).colours
    for channel in 0..<3 {
      let values = images.flatMap { image in
        image.asRGB().pixels.enumerated().filter { $0.offset % 3 == channel }.map { Double($0.element) / 255 }
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(colours.mean[channel] - mean) < 1e-12)
      #expect(abs(colours.deviation[channel] - variance.squareRoot()) < 1e-12)
    }
  }
}
