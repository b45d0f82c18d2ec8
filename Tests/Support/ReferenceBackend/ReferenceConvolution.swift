package import Kernels

/// Slow twins of the kernels: the definition written as loops over doubles, with nothing shared with the fast ones.
package enum Reference {}

extension Reference {
  /// A convolution of `images` NHWC images, weights [kernelHeight][kernelWidth][inputChannels][outputChannels].
  package static func convolve(
    _ input: [Double], weights: [Double], images: Int, _ geometry: ConvolutionGeometry
  ) -> [Double] {
    var output = [Double](repeating: 0, count: images * geometry.output.count)
    forEachTerm(images: images, geometry) { from, weight, to in
      output[to] += input[from] * weights[weight]
    }
    return output
  }

  package static func convolveBackwardData(
    _ gradient: [Double], weights: [Double], images: Int, _ geometry: ConvolutionGeometry
  ) -> [Double] {
    var result = [Double](repeating: 0, count: images * geometry.input.count)
    forEachTerm(images: images, geometry) { input, weight, output in
      result[input] += gradient[output] * weights[weight]
    }
    return result
  }

  package static func convolveBackwardWeights(
    _ gradient: [Double], input: [Double], images: Int, _ geometry: ConvolutionGeometry
  ) -> [Double] {
    var result = [Double](repeating: 0, count: geometry.weightCount)
    forEachTerm(images: images, geometry) { from, weight, to in
      result[weight] += gradient[to] * input[from]
    }
    return result
  }

  /// Calls `body` with the flat indices (input, weight, output) of every product that a convolution sums.
  private static func forEachTerm(
    images: Int, _ geometry: ConvolutionGeometry, _ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void
  ) {
    let (from, to) = (geometry.input, geometry.output)
    for image in 0..<images {
      for y in 0..<to.height {
        for x in 0..<to.width {
          for i in 0..<geometry.kernelHeight {
            for j in 0..<geometry.kernelWidth {
              let row = y * geometry.stride + i - geometry.padding
              let column = x * geometry.stride + j - geometry.padding
              guard row >= 0, row < from.height, column >= 0, column < from.width else { continue }
              for channel in 0..<from.channels {
                let input = ((image * from.height + row) * from.width + column) * from.channels + channel
                let weight = ((i * geometry.kernelWidth + j) * from.channels + channel) * to.channels
                let output = ((image * to.height + y) * to.width + x) * to.channels
                for result in 0..<to.channels { body(input, weight + result, output + result) }
              }
            }
          }
        }
      }
    }
  }
}
