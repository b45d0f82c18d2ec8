/// How the numbers of feature maps lie in memory. Parameters, their gradients, statistics and sums are floats always.
package enum NumberFormat: String, Sendable, CaseIterable {
  /// IEEE 754 single precision.
  case fp32
  /// The upper half of a single-precision number: the same range, 8 significant bits.
  case bf16

  package var bytes: Int { self == .fp32 ? 4 : 2 }
}

/// The bf16 number nearest to a float, ties to even; as the processor's instruction, denormals become zero.
package func bf16(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  if value.isNaN { return UInt16(bits >> 16) | 0x40 }
  if value.isSubnormal { return UInt16(bits >> 16) & 0x8000 }
  return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
}

/// A bf16 number as a float.
package func float(_ bf16: UInt16) -> Float { Float(bitPattern: UInt32(bf16) << 16) }

/// A shaped view of part of an arena: `images` feature maps of one shape, NHWC, contiguous.
///
/// What you give up by using it: it does not own its memory, so it must not outlive the arena it looks into,
/// and nothing stops two threads from writing to the same place. The plan hands out views that do not overlap.
package struct Tensor: @unchecked Sendable {
  private let address: UnsafeMutableRawPointer
  package let format: NumberFormat
  package let images: Int
  package let shape: Shape

  package init(address: UnsafeMutableRawPointer, format: NumberFormat, images: Int, shape: Shape) {
    self.address = address
    self.format = format
    self.images = images
    self.shape = shape
  }

  package init(base: UnsafeMutablePointer<Float>, images: Int, shape: Shape) {
    self.init(address: base, format: .fp32, images: images, shape: shape)
  }

  /// The number of values in all images.
  package var count: Int { images * shape.count }
  /// The number of positions in all images: the rows of the matrix whose columns are the channels.
  package var rows: Int { images * shape.pixels }
}

extension Tensor {
  /// The values, which must be floats.
  package var base: UnsafeMutablePointer<Float> {
    precondition(format == .fp32, "the tensor does not hold floats")
    return address.assumingMemoryBound(to: Float.self)
  }

  /// The values, which must be bf16 numbers.
  package var bf16Base: UnsafeMutablePointer<UInt16> {
    precondition(format == .bf16, "the tensor does not hold bf16 numbers")
    return address.assumingMemoryBound(to: UInt16.self)
  }

  package var values: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

  package func isAt(_ other: Tensor) -> Bool { address == other.address }

  /// The images of `range`, without a copy.
  package subscript(range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= images, "the range of images lies outside of the tensor")
    return Tensor(
      address: address + range.lowerBound * shape.count * format.bytes, format: format, images: range.count,
      shape: shape)
  }
}
