extension FloatImage {
  /// Scales to `width` by `height` exactly as Pillow's `Image.resize` in mode "F", each channel by itself; bicubic and
  /// Lanczos overshoot and nothing is clipped.
  package func resampled(width: Int, height: Int, filter: ResampleFilter) -> FloatImage {
    let grid = SampleGrid(width: self.width, height: self.height, channels: channels, samples: values)
    let scaled = grid.resampled(width: width, height: height, filter: filter)
    return FloatImage(width: width, height: height, channels: channels, values: scaled.samples)
  }
}

extension Image {
  /// Scales to `width` by `height` exactly as Pillow's `Image.resize` does for modes "L" and "RGB": antialiased, rounded
  /// to 8 bits after the horizontal pass and again after the vertical one.
  package func resized(width: Int, height: Int, filter: ResampleFilter) -> Image {
    let grid = SampleGrid(width: self.width, height: self.height, channels: channels, samples: pixels)
    let scaled = grid.resampled(width: width, height: height, filter: filter)
    return Image(width: width, height: height, channels: channels, pixels: scaled.samples)
  }
}

/// A kind of sample that can be resampled: how weights are held, products summed, and the sum stored.
protocol ResampledSample {
  associatedtype Weight
  static func weight(_ value: Double) -> Weight
  static var emptySum: Weight { get }
  static func add(_ sample: Self, times weight: Weight, to sum: inout Weight)
  static func stored(_ sum: Weight) -> Self
}

/// Pillow's fixed point of 22 bits; a sum of 255 times the weights stays below 2^31.
extension UInt8: ResampledSample {
  private static let fractionBits: Int32 = 22
  static func weight(_ value: Double) -> Int32 {
    Int32(value * Double(1 << fractionBits) + (value < 0 ? -0.5 : 0.5))
  }
  static var emptySum: Int32 { 1 << (fractionBits - 1) }
  static func add(_ sample: UInt8, times weight: Int32, to sum: inout Int32) { sum &+= Int32(sample) &* weight }
  static func stored(_ sum: Int32) -> UInt8 { UInt8(Swift.max(0, Swift.min(255, sum >> fractionBits))) }
}

/// Sums in double, in the order of the samples.
extension Float: ResampledSample {
  static func weight(_ value: Double) -> Double { value }
  static var emptySum: Double { 0 }
  static func add(_ sample: Float, times weight: Double, to sum: inout Double) { sum += Double(sample) * weight }
  static func stored(_ sum: Double) -> Float { Float(sum) }
}

/// Samples in rows, before, between and after the two passes.
private struct SampleGrid<Sample: ResampledSample> {
  let width: Int
  let height: Int
  let channels: Int
  let samples: [Sample]

  func resampled(width: Int, height: Int, filter: ResampleFilter) -> SampleGrid {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    var grid = self
    if width != self.width { grid = grid.scaledHorizontally(ResampleWeights(from: self.width, to: width, filter)) }
    if height != self.height { grid = grid.scaledVertically(ResampleWeights(from: self.height, to: height, filter)) }
    return grid
  }

  private func scaledHorizontally(_ weights: ResampleWeights<Sample>) -> SampleGrid {
    let newWidth = weights.windows.count
    let total = newWidth * height * channels
    let scaled = [Sample](unsafeUninitializedCapacity: total) { output, filled in
      samples.withUnsafeBufferPointer { input in
        weights.values.withUnsafeBufferPointer { values in
          for y in 0..<height {
            for x in 0..<newWidth {
              let window = weights.windows[x]
              let first = (y * width + window.start) * channels
              for channel in 0..<channels {
                var sum = Sample.emptySum
                for k in 0..<window.count {
                  Sample.add(input[first + k * channels + channel], times: values[window.offset + k], to: &sum)
                }
                output[(y * newWidth + x) * channels + channel] = Sample.stored(sum)
              }
            }
          }
        }
      }
      filled = total
    }
    return SampleGrid(width: newWidth, height: height, channels: channels, samples: scaled)
  }

  private func scaledVertically(_ weights: ResampleWeights<Sample>) -> SampleGrid {
    let newHeight = weights.windows.count
    let row = width * channels
    var sums = [Sample.Weight](repeating: Sample.emptySum, count: row)
    let scaled = [Sample](unsafeUninitializedCapacity: newHeight * row) { output, filled in
      samples.withUnsafeBufferPointer { input in
        sums.withUnsafeMutableBufferPointer { sums in
          for (y, window) in weights.windows.enumerated() {
            sums.update(repeating: Sample.emptySum)
            for k in 0..<window.count {
              let weight = weights.values[window.offset + k]
              let first = (window.start + k) * row
              for i in 0..<row { Sample.add(input[first + i], times: weight, to: &sums[i]) }
            }
            for i in 0..<row { output[y * row + i] = Sample.stored(sums[i]) }
          }
        }
      }
      filled = newHeight * row
    }
    return SampleGrid(width: width, height: newHeight, channels: channels, samples: scaled)
  }
}
