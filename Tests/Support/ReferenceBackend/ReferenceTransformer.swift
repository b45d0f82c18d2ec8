internal import Foundation
package import Kernels

// Slow twins of the kernels that only networks behind features use, in double precision and by their definitions.

extension Reference {
  package static func convolveDepthwise(
    _ input: [Double], weights: [Double], images: Int, _ geometry: DepthwiseGeometry
  ) -> [Double] {
    let (from, to, channels) = (geometry.input, geometry.output, geometry.input.channels)
    var result: [Double] = []
    for image in 0..<images {
      for y in 0..<to.height {
        for x in 0..<to.width {
          for channel in 0..<channels {
            var sum = 0.0
            for i in 0..<geometry.kernel {
              for j in 0..<geometry.kernel {
                let (row, column) = (y * geometry.stride + i - geometry.top, x * geometry.stride + j - geometry.left)
                guard (0..<from.height).contains(row), (0..<from.width).contains(column) else { continue }
                sum +=
                  input[((image * from.height + row) * from.width + column) * channels + channel]
                  * weights[(i * geometry.kernel + j) * channels + channel]
              }
            }
            result.append(sum)
          }
        }
      }
    }
    return result
  }

  package static func activate(_ x: Double, _ function: ActivationFunction) -> Double {
    switch function {
    case .identity: x
    case .rectifier: max(x, 0)
    case .rectifier6: min(max(x, 0), 6)
    case .sigmoidLinear: x / (1 + exp(-x))
    case .gaussianErrorLinear: x * (1 + erf(x / 2.0.squareRoot())) / 2
    case .quickGaussianErrorLinear: x / (1 + exp(-1.702 * x))
    }
  }

  package static func normalizeLayer(
    _ row: [Double], scale: [Double], shift: [Double], epsilon: Double
  ) -> [Double] {
    let mean = row.reduce(0, +) / Double(row.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    return row.indices.map { (row[$0] - mean) / (variance + epsilon).squareRoot() * scale[$0] + shift[$0] }
  }

  /// Attention over the tokens of one image, whose rows are queries, keys and values.
  package static func attend(_ rows: [[Double]], heads: Int) -> [[Double]] {
    let channels = rows[0].count / 3
    let width = channels / heads
    var result = rows.map { _ in [Double](repeating: 0, count: channels) }
    for head in 0..<heads {
      for (place, row) in rows.enumerated() {
        let scores = rows.map { other in
          (0..<width).reduce(0.0) { $0 + row[head * width + $1] * other[channels + head * width + $1] }
            / Double(width).squareRoot()
        }
        let largest = scores.max() ?? 0
        let powers = scores.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        for channel in 0..<width {
          result[place][head * width + channel] = zip(powers, rows).reduce(0) {
            $0 + $1.0 / sum * $1.1[2 * channels + head * width + channel]
          }
        }
      }
    }
    return result
  }

  package static func poolAverageInside(_ input: [Double], images: Int, _ geometry: PoolingGeometry) -> [Double] {
    let ones = poolAverage([Double](repeating: 1, count: input.count), images: images, geometry)
    return zip(poolAverage(input, images: images, geometry), ones).map { $1 == 0 ? 0 : $0 / $1 }
  }
}
