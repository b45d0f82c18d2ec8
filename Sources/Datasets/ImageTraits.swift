import Images

/// The pixels of one sample as loading found them: their SHA-256, and per channel the sum of values and of squares.
struct ImageTraits: Sendable, Equatable {
  let digest: ContentDigest
  /// Size and CRC-32 of the stored image's pixels, if it has another size than the sample and crops are taken from it;
  /// otherwise 0.
  var original: UInt64 = 0
  /// Sum and sum of squares of each channel in turn; three channels at most.
  let moments: SIMD8<UInt64>

  init(_ pixels: UnsafeBufferPointer<UInt8>, channels: Int) {
    var running = Digest()
    running.update(UnsafeRawBufferPointer(pixels))
    digest = running.content()
    var moments = SIMD8<UInt64>.zero
    // The sums of one row fit into 32 bits, which the compiler vectorises.
    let row = 1 << 14 - (1 << 14) % channels
    for channel in 0..<channels {
      var (total, totalOfSquares) = (UInt64(0), UInt64(0))
      var start = 0
      while start < pixels.count {
        var (sum, squares) = (UInt32(0), UInt32(0))
        for at in stride(from: start + channel, to: min(start + row, pixels.count), by: channels) {
          let value = UInt32(pixels[at])
          sum &+= value
          squares &+= value &* value
        }
        total &+= UInt64(sum)
        totalOfSquares &+= UInt64(squares)
        start += row
      }
      moments[2 * channel] = total
      moments[2 * channel + 1] = totalOfSquares
    }
    self.moments = moments
  }
}

extension ImageTraits {
  /// Records that crops will be taken from this image.
  mutating func note(original image: Image) {
    let size = UInt64(UInt16(truncatingIfNeeded: image.width)) << 16 | UInt64(UInt16(truncatingIfNeeded: image.height))
    original = size << 32 | UInt64(Inflater.checksum(image.pixels))
  }
}

/// A SHA-256 as four numbers, for comparison and lookup.
package struct ContentDigest: Hashable, Sendable {
  package let words: SIMD4<UInt64>
}

extension Digest {
  func content() -> ContentDigest {
    let words = finished()
    func pair(_ index: Int) -> UInt64 { UInt64(words[2 * index]) << 32 | UInt64(words[2 * index + 1]) }
    return ContentDigest(words: SIMD4(pair(0), pair(1), pair(2), pair(3)))
  }

  mutating func update(_ digest: ContentDigest) {
    for place in 0..<4 { update(digest.words[place]) }
  }
}
