package import Kernels
package import Randomness

/// The random draw for mixing the images of one batch in pairs. Labels are mixed in the same shares as pixels.
package struct BatchMix: Sendable, Equatable {
  /// For each place of the batch, the place of the image that is mixed in; a random order of all places.
  package let partners: [Int]
  /// The share of an image that remains its own, and the weight of its own label.
  package let share: Float
  /// The rectangle that is the partner's alone (cutmix); nil if all pixels are blended (mixup).
  package let window: Window?

  package struct Window: Sendable, Equatable {
    package let rows: Range<Int>
    package let columns: Range<Int>
  }
}

extension Augmentation {
  package var mixes: Bool { mixup > 0 || cutmix > 0 }

  /// Draws from `stream` how a batch of `count` images is mixed; nil if mixing is off. If both kinds are on,
  /// each batch has one of them with probability one half.
  ///
  /// The window of cutmix has the sides √(1 − λ) of the image's, a uniform centre, and is cut off at the border; the
  /// share is then that of the pixels that remain (Yun et al. 2019, "CutMix", section 3 and algorithm A1).
  package func mix(count: Int, shape: Shape, from stream: inout RandomStream) -> BatchMix? {
    guard mixes else { return nil }
    let cuts = cutmix > 0 && (mixup == 0 || stream.nextBool())
    let partners = stream.permutation(of: count)
    let share = stream.nextBeta(cuts ? cutmix : mixup)
    guard cuts else { return BatchMix(partners: partners, share: Float(share), window: nil) }
    let side = (1 - share).squareRoot()
    func extent(_ length: Int) -> Range<Int> {
      let size = Int(Double(length) * side)
      let centre = stream.nextInteger(below: length)
      return max(0, centre - size / 2)..<min(length, centre - size / 2 + size)
    }
    let window = BatchMix.Window(rows: extent(shape.height), columns: extent(shape.width))
    let area = Float(window.rows.count * window.columns.count) / Float(shape.height * shape.width)
    return BatchMix(partners: partners, share: 1 - area, window: window)
  }
}

extension BatchMix {
  private static let chunk = 8

  /// Mixes `partners.count` images in place; `originals` has the same shape and format.
  package func apply(to images: Tensor, originals: Tensor, pool: ThreadPool) {
    precondition(
      images.shape == originals.shape && images.format == originals.format && partners.count <= images.images
        && partners.count <= originals.images, "the tensors do not hold the batch")
    switch images.format {
    case .fp32:
      apply(to: Memory(images.base, originals.base), images.shape, pool) { share * $0 + (1 - share) * $1 }
    case .bf16:
      apply(to: Memory(images.bf16Base, originals.bf16Base), images.shape, pool) {
        bf16(share * float($0) + (1 - share) * float($1))
      }
    }
  }

  private struct Memory<Number>: @unchecked Sendable {
    let images: UnsafeMutablePointer<Number>
    let originals: UnsafeMutablePointer<Number>

    init(_ images: UnsafeMutablePointer<Number>, _ originals: UnsafeMutablePointer<Number>) {
      self.images = images
      self.originals = originals
    }
  }

  private func apply<Number>(
    to memory: Memory<Number>, _ shape: Shape, _ pool: ThreadPool, blend: (Number, Number) -> Number
  ) {
    let size = shape.count
    let chunks = (partners.count + Self.chunk - 1) / Self.chunk
    func places(_ chunk: Int) -> Range<Int> {
      chunk * Self.chunk..<min(partners.count, (chunk + 1) * Self.chunk)
    }
    pool.run(chunks: chunks) { chunk, _ in
      let places = places(chunk)
      (memory.originals + places.lowerBound * size).update(
        from: memory.images + places.lowerBound * size, count: places.count * size)
    }
    pool.run(chunks: chunks) { chunk, _ in
      for place in places(chunk) {
        let target = memory.images + place * size
        let partner = memory.originals + partners[place] * size
        if let window {
          let row = shape.width * shape.channels
          for y in window.rows {
            let at = y * row + window.columns.lowerBound * shape.channels
            (target + at).update(from: partner + at, count: window.columns.count * shape.channels)
          }
        } else {
          for index in 0..<size { target[index] = blend(target[index], partner[index]) }
        }
      }
    }
  }
}
