package import Kernels

extension Reference {
  package static func poolMaximum(_ input: [Double], images: Int, _ geometry: PoolingGeometry) -> [Double] {
    windows(images: images, geometry).map { places in places.map { input[$0] }.max() ?? -.infinity }
  }

  package static func poolMaximumBackward(
    _ gradient: [Double], input: [Double], images: Int, _ geometry: PoolingGeometry
  ) -> [Double] {
    var result = [Double](repeating: 0, count: input.count)
    for (output, places) in windows(images: images, geometry).enumerated() {
      let largest = places.map { input[$0] }.max()
      if let place = places.first(where: { input[$0] == largest }) { result[place] += gradient[output] }
    }
    return result
  }

  package static func poolAverage(_ input: [Double], images: Int, _ geometry: PoolingGeometry) -> [Double] {
    windows(images: images, geometry).map { places in
      places.reduce(0) { $0 + input[$1] } / Double(geometry.kernel * geometry.kernel)
    }
  }

  /// For every output value the flat indices of the input values under its window, in row order.
  private static func windows(images: Int, _ geometry: PoolingGeometry) -> [[Int]] {
    let (from, to) = (geometry.input, geometry.output)
    var result: [[Int]] = []
    for image in 0..<images {
      for y in 0..<to.height {
        for x in 0..<to.width {
          for channel in 0..<to.channels {
            var places: [Int] = []
            for i in 0..<geometry.kernel {
              for j in 0..<geometry.kernel {
                let row = y * geometry.stride + i - geometry.padding
                let column = x * geometry.stride + j - geometry.padding
                guard row >= 0, row < from.height, column >= 0, column < from.width else { continue }
                places.append(((image * from.height + row) * from.width + column) * from.channels + channel)
              }
            }
            result.append(places)
          }
        }
      }
    }
    return result
  }

  /// The mean over the positions of each image, per channel.
  package static func poolGlobalAverage(_ input: [Double], images: Int, _ shape: Shape) -> [Double] {
    var result = [Double](repeating: 0, count: images * shape.channels)
    for index in input.indices {
      result[index / shape.count * shape.channels + index % shape.channels] += input[index] / Double(shape.pixels)
    }
    return result
  }

  package static func poolGlobalAverageBackward(_ gradient: [Double], images: Int, _ shape: Shape) -> [Double] {
    (0..<images * shape.count).map {
      gradient[$0 / shape.count * shape.channels + $0 % shape.channels] / Double(shape.pixels)
    }
  }

  /// The parameter-free shortcut: positions that are multiples of the stride, zeros around the channels.
  package static func shorten(_ input: [Double], images: Int, _ from: Shape, stride: Int, channels: Int) -> [Double] {
    let to = shortcutShape(from, stride: stride, channels: channels)
    var result = [Double](repeating: 0, count: images * to.count)
    forEachCopy(images: images, from, to, stride: stride) { result[$1] = input[$0] }
    return result
  }

  package static func shortenBackward(
    _ gradient: [Double], images: Int, _ from: Shape, stride: Int, channels: Int
  ) -> [Double] {
    let to = shortcutShape(from, stride: stride, channels: channels)
    var result = [Double](repeating: 0, count: images * from.count)
    forEachCopy(images: images, from, to, stride: stride) { result[$0] = gradient[$1] }
    return result
  }

  /// Calls `body` with the flat indices of what a shortcut copies.
  private static func forEachCopy(
    images: Int, _ from: Shape, _ to: Shape, stride: Int, _ body: (_ input: Int, _ output: Int) -> Void
  ) {
    let before = (to.channels - from.channels) / 2
    for image in 0..<images {
      for row in 0..<to.height {
        for column in 0..<to.width {
          let input = ((image * from.height + row * stride) * from.width + column * stride) * from.channels
          let output = ((image * to.height + row) * to.width + column) * to.channels + before
          for channel in 0..<from.channels { body(input + channel, output + channel) }
        }
      }
    }
  }
}
