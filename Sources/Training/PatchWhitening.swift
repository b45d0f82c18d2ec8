internal import Datasets
internal import Kernels
internal import Networks

/// The filters that turn the 3x3 patches of a training set into values that are uncorrelated and of equal power: the
/// eigenvectors of the patches' second moments, each divided by the root of its eigenvalue (Page 2019; Jordan 2024,
/// arXiv:2404.00498, section 3.2), the strongest first, then the same with the other sign.
struct PatchWhitening {
  /// Eigenvectors of falling eigenvalue over (row, column, channel) of a patch.
  let directions: [[Double]]
  let eigenvalues: [Double]

  /// Added to the eigenvalues, so that a direction in which the images hardly differ is not blown up.
  private static let floor = 5e-4
  /// More images do not change the moments visibly.
  private static let mostImages = 2000

  /// Sums products of bytes, so that no order of summation matters.
  ///
  /// - Throws: what decoding throws, where the samples are streamed.
  init(_ samples: Samples, normalization: Normalization) throws {
    let shape = samples.shape
    precondition(shape.height >= 3 && shape.width >= 3, "a patch of 3x3 fits into the images")
    let size = 9 * shape.channels
    var products = [Int](repeating: 0, count: size * size)
    var sums = [Int](repeating: 0, count: size)
    let step = max(1, samples.count / Self.mostImages)
    var patches = 0
    var patch = [Int](repeating: 0, count: size)
    let (row, run) = (shape.width * shape.channels, 3 * shape.channels)
    for image in stride(from: 0, to: samples.count, by: step) {
      let pixels = try samples.image(image).pixels
      for y in 0..<shape.height - 2 {
        for x in 0..<shape.width - 2 {
          let corner = y * row + x * shape.channels
          for line in 0..<3 {
            for place in 0..<run { patch[line * run + place] = Int(pixels[corner + line * row + place]) }
          }
          for first in 0..<size {
            sums[first] += patch[first]
            for second in first..<size { products[first * size + second] += patch[first] * patch[second] }
          }
          patches += 1
        }
      }
    }
    let moments = (0..<size * size).map { index in
      let (first, second) = (min(index / size, index % size), max(index / size, index % size))
      let (one, other) = (first % shape.channels, second % shape.channels)
      let (mean, otherMean) = (Double(normalization.mean[one]), Double(normalization.mean[other]))
      let power = Double(products[first * size + second]) / (255 * 255) / Double(patches)
      let (firstMean, secondMean) = (Double(sums[first]), Double(sums[second]))
      let crossed = (otherMean * firstMean + mean * secondMean) / 255 / Double(patches)
      return (power - crossed + mean * otherMean)
        / (Double(normalization.deviation[one]) * Double(normalization.deviation[other]))
    }
    let system = EigenSystem(symmetric: moments, size: size)
    directions = system.vectors
    eigenvalues = system.values
  }

  /// The weights of a 3x3 convolution: half of its filters, and the same with the other sign.
  func weights(_ geometry: ConvolutionGeometry) -> [Float] {
    let filters = geometry.outputChannels
    precondition(
      geometry.k == directions[0].count && filters % 2 == 0 && filters / 2 <= directions.count,
      "each direction of a patch has two filters")
    var weights = [Float](repeating: 0, count: geometry.weightCount)
    for filter in 0..<filters / 2 {
      let factor = 1 / (max(0, eigenvalues[filter]) + Self.floor).squareRoot()
      for (place, value) in directions[filter].enumerated() {
        weights[place * filters + filter] = Float(value * factor)
        weights[place * filters + filters / 2 + filter] = -Float(value * factor)
      }
    }
    return weights
  }
}
