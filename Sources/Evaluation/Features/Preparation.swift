package import Datasets
package import Images
package import Kernels

/// How an image of any size becomes the input of a network, step by step as the network's reference does it.
package struct Preparation: Sendable {
  package enum Sizing: Sendable {
    /// As it is; it must have the network's size.
    case none
    /// Pillow's resampling of bytes: the short side to `short`, then the square of `side` in the middle.
    case middle(short: Int, side: Int, filter: ResampleFilter)
    /// Squashed to a square by plain bilinear interpolation of floats.
    case plain(side: Int, PlainBilinear)
    /// Squashed to a square by Pillow's antialiased bicubic resampling of floats, then clipped: Clean-FID (Parmar et al. 2022).
    case clean(side: Int)
  }

  package let sizing: Sizing
  /// For each channel, what is subtracted from and divided into bytes of 0 to 255.
  private let shifts: [Float]
  private let divisors: [Float]
  /// What bytes are divided by before; 1 where the reference works on 0 to 255.
  private let range: Float

  /// Values of 0 to 1, less a mean, over a deviation, as torchvision's transforms.
  package init(_ sizing: Sizing, normalization: Normalization) {
    self.sizing = sizing
    shifts = normalization.mean
    divisors = normalization.deviation
    range = 255
  }

  /// (x - shift) / divisor of 0 to 255 for every channel.
  package init(_ sizing: Sizing, shift: Float, divisor: Float) {
    self.sizing = sizing
    shifts = [Float](repeating: shift, count: 3)
    divisors = [Float](repeating: divisor, count: 3)
    range = 1
  }
}

extension Preparation {
  /// Writes one image's values, HWC; a grey image is repeated where the network wants three channels.
  package func prepare(
    _ pixels: ArraySlice<UInt8>, _ shape: Shape, into target: UnsafeMutablePointer<Float>, _ wanted: Shape
  ) {
    switch sizing {
    case .none:
      precondition(shape.height == wanted.height && shape.width == wanted.width, "the image has the network's size")
      write(pixels, shape.channels, into: target, wanted) { Float($0) }
    case .middle(let short, let side, let filter):
      let image = Image(
        width: shape.width, height: shape.height, channels: shape.channels, pixels: Array(pixels)
      ).middle(short: short, side: side, filter: filter)
      write(image.pixels[...], shape.channels, into: target, wanted) { Float($0) }
    case .plain(let side, let convention):
      let image = floats(pixels, shape).interpolated(width: side, height: side, convention)
      write(image.values[...], shape.channels, into: target, wanted) { $0 }
    case .clean(let side):
      let image = floats(pixels, shape).resampled(width: side, height: side, filter: .bicubic)
      write(image.values[...], shape.channels, into: target, wanted) { min(max($0, 0), 255) }
    }
  }

  /// Writes an image of the network's size whose values lie between 0 and 1 and need not be bytes.
  func prepare(unit values: ArraySlice<Float>, into target: UnsafeMutablePointer<Float>, channels: Int) {
    for (place, value) in values.enumerated() {
      target[place] = (value * 255 / range - shifts[place % channels]) / divisors[place % channels]
    }
  }

  private func floats(_ pixels: ArraySlice<UInt8>, _ shape: Shape) -> FloatImage {
    FloatImage(
      width: shape.width, height: shape.height, channels: shape.channels, values: pixels.map { Float($0) })
  }

  private func write<Sample>(
    _ samples: ArraySlice<Sample>, _ channels: Int, into target: UnsafeMutablePointer<Float>, _ wanted: Shape,
    _ value: (Sample) -> Float
  ) {
    precondition(samples.count == wanted.pixels * channels, "the prepared image has the network's size")
    precondition(channels == wanted.channels || channels == 1, "a grey image can be repeated, a colour image cannot")
    samples.withUnsafeBufferPointer { samples in
      for pixel in 0..<wanted.pixels {
        for channel in 0..<wanted.channels {
          let sample = value(samples[pixel * channels + (channels == 1 ? 0 : channel)])
          target[pixel * wanted.channels + channel] = (sample / range - shifts[channel]) / divisors[channel]
        }
      }
    }
  }
}
