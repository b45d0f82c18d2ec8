/// Images of one space, as levels: image after image, each in the order row, column, channel.
package struct LevelImages: Sendable, Equatable {
  package let space: ImageSpace
  /// `count` x D numbers, each below `space.levels`.
  package private(set) var levels: [UInt8]

  package var count: Int { levels.count / space.dimensions }

  package init(space: ImageSpace, levels: [UInt8]) {
    precondition(levels.count % space.dimensions == 0, "the levels do not fill whole images")
    self.space = space
    self.levels = levels
  }

  /// Images from their bytes, quantised to the levels of the space.
  package init(space: ImageSpace, bytes: [UInt8]) {
    guard space.levels < 256 else {
      self.init(space: space, levels: bytes)
      return
    }
    let table = (0...255).map { space.level(ofByte: UInt8($0)) }
    self.init(space: space, levels: bytes.map { table[Int($0)] })
  }

  /// The bytes that show the images.
  package var bytes: [UInt8] {
    guard space.levels < 256 else { return levels }
    let table = (0..<space.levels).map { space.byte(ofLevel: UInt8($0)) }
    return levels.map { table[Int($0)] }
  }

  package subscript(index: Int) -> ArraySlice<UInt8> {
    levels[index * space.dimensions..<(index + 1) * space.dimensions]
  }

  /// The images at these indices, in this order.
  package func selecting(_ indices: [Int]) -> LevelImages {
    var chosen: [UInt8] = []
    chosen.reserveCapacity(indices.count * space.dimensions)
    for index in indices { chosen.append(contentsOf: self[index]) }
    return LevelImages(space: space, levels: chosen)
  }

  package mutating func append(_ other: LevelImages) {
    precondition(other.space == space, "images of another space")
    levels.append(contentsOf: other.levels)
  }
}

/// Images with their classes, which a model is fitted to.
package struct LabelledImages: Sendable {
  package let images: LevelImages
  /// One for each image, an index into `classNames`.
  package let labels: [Int]
  package let classNames: [String]

  package init(images: LevelImages, labels: [Int], classNames: [String]) {
    precondition(images.count == labels.count, "every image has a label")
    precondition(labels.allSatisfy { classNames.indices.contains($0) }, "a label lies outside of the classes")
    self.images = images
    self.labels = labels
    self.classNames = classNames
  }

  /// The images of one class, in their order.
  package func indices(of label: Int) -> [Int] { labels.indices.filter { labels[$0] == label } }
}
