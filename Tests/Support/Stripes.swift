package import Images
internal import Randomness

/// Images that a small network learns in a few steps: each class has its own pattern of stripes, under noise.
package enum Stripes {
  package static let classes = ["across", "diagonal", "upright"]

  /// - Parameter seed: different seeds give different noise and offsets, so that training and test images differ.
  package static func image(class label: Int, index: Int, side: Int = 12, channels: Int = 1, seed: UInt64) -> Image {
    var stream = RandomStream(seed: seed, purpose: "stripes").split(label).split(index)
    let offset = stream.nextInteger(below: 4)
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let phase = [y, x + y, x][label % 3] + offset
        for _ in 0..<channels { pixels.append(UInt8((phase % 4 < 2 ? 140 : 40) + stream.nextInteger(below: 70))) }
      }
    }
    return Image(width: side, height: side, channels: channels, pixels: pixels)
  }

  /// Writes `perClass` PNG images of each class into `folder/name/CLASS/`.
  package static func write(
    to folder: TemporaryFolder, _ name: String, perClass: Int, seed: UInt64, side: Int = 12, channels: Int = 1,
    classes: [String] = Stripes.classes
  ) throws {
    for (label, className) in classes.enumerated() {
      for index in 0..<perClass {
        let image = image(class: label, index: index, side: side, channels: channels, seed: seed)
        try folder.write(PNG.encode(image), "\(name)/\(className)/\(index).png")
      }
    }
  }
}
