/// The embeddings of a vision transformer's places, one row for the class token and one for each patch of a square image.
struct PositionEmbedding {
  let width: Int
  private(set) var values: [Float]

  /// nil if the rows are not those of a square with a class token.
  init?(values: [Float], width: Int) {
    guard width > 0, values.count % width == 0, values.count > width else { return nil }
    self.width = width
    self.values = values
    guard side * side == patches else { return nil }
  }

  private var patches: Int { values.count / width - 1 }
  private var side: Int { Int(Double(patches).squareRoot().rounded()) }

  /// The same for a square of another side, as DINOv2's code fits its 37 x 37 places to smaller images: PyTorch's bicubic
  /// interpolation without antialiasing, whose scale is (new side + 0.1) / side.
  func fitted(toSide new: Int) -> PositionEmbedding {
    if new == side { return self }
    let scale = Double(side) / (Double(new) + 0.1)
    let taps: [(places: [Int], weights: [Double])] = (0..<new).map { position in
      let place = scale * (Double(position) + 0.5) - 0.5
      let first = place.rounded(.down)
      let places = (-1...2).map { min(max(Int(first) + $0, 0), side - 1) }
      return (places, Self.cubic(place - first))
    }
    var result = self
    result.values = Array(values[..<width])
    result.values.reserveCapacity((new * new + 1) * width)
    for row in taps {
      for column in taps {
        for channel in 0..<width {
          var sum = 0.0
          for (y, down) in zip(row.places, row.weights) {
            for (x, across) in zip(column.places, column.weights) {
              sum += down * across * Double(values[(1 + y * side + x) * width + channel])
            }
          }
          result.values.append(Float(sum))
        }
      }
    }
    return result
  }

  /// Keys' cubic with a = -0.75, PyTorch's, for the four places around a point that lies `t` behind the second.
  private static func cubic(_ t: Double) -> [Double] {
    let a = -0.75
    func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return [far(t + 1), near(t), near(1 - t), far(2 - t)]
  }
}

extension SafeTensors {
  /// The tensors of a DINOv2 file with the leading extents of 1 dropped and its places fitted to images of this many
  /// patches a side. What is not as expected is left for the loader to refuse.
  func fittedToPatches(_ side: Int, width: Int) -> SafeTensors {
    var file = self
    if let token = tensors["cls_token"], case .float(let values) = token.values, values.count == width {
      file.tensors["cls_token"] = Entry(shape: [width], values: token.values)
    }
    if let places = tensors["pos_embed"], case .float(let values) = places.values,
      let embedding = PositionEmbedding(values: values, width: width)
    {
      let fitted = embedding.fitted(toSide: side)
      file.tensors["pos_embed"] = Entry(shape: [side * side + 1, width], values: .float(fitted.values))
    }
    return file
  }
}
