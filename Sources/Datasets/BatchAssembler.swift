package import Kernels
package import Randomness

/// Turns samples into a network's input: bytes become normalised floats, changed by chance on the way.
///
/// The image at place p of epoch e draws from the stream's part (e, p), so a batch does not depend on the number of
/// threads, nor on the batches before it. Padding is 0 after normalisation, that is, the mean colour.
package struct BatchAssembler: Sendable {
  package let samples: Samples
  package let augmentation: Augmentation
  private let stream: RandomStream
  /// The normalised value of each byte, 256 for each channel, as float and as bf16 number.
  private let table: [Float]
  private let bfloatTable: [UInt16]

  /// `normalization` has as many channels as the samples. Use the stream of the purpose "augmentation".
  package init(
    samples: Samples, normalization: Normalization, augmentation: Augmentation = .none,
    stream: RandomStream = RandomStream(seed: 0, purpose: "augmentation")
  ) {
    precondition(normalization.mean.count == samples.shape.channels, "the normalisation has other channels")
    self.samples = samples
    self.augmentation = augmentation
    self.stream = stream
    self.table = normalization.table()
    self.bfloatTable = table.map(bfloat)
  }
}

extension BatchAssembler {
  private static let chunk = 8

  /// Writes the batch's images to a tensor of at least as many.
  package func fill(_ destination: Tensor, with batch: EpochOrder.Batch, pool: ThreadPool) {
    let epoch = stream.split(batch.epoch)
    let chunks = (batch.indices.count + Self.chunk - 1) / Self.chunk
    pool.run(chunks: chunks) { chunk, _ in
      for place in (chunk * Self.chunk)..<min(batch.indices.count, (chunk + 1) * Self.chunk) {
        var stream = epoch.split(batch.position + place)
        write(image: batch.indices[place], augmentation.placement(from: &stream), to: destination, at: place)
      }
    }
  }

  /// Writes images `indices` as they are, without augmentation: the input of an evaluation.
  package func fill(_ destination: Tensor, with indices: Range<Int>, pool: ThreadPool) {
    let chunks = (indices.count + Self.chunk - 1) / Self.chunk
    pool.run(chunks: chunks) { chunk, _ in
      for place in (chunk * Self.chunk)..<min(indices.count, (chunk + 1) * Self.chunk) {
        write(image: indices.lowerBound + place, Augmentation.Placement(), to: destination, at: place)
      }
    }
  }

  /// The labels of the batch's images.
  package func labels(of batch: EpochOrder.Batch) -> [Int32] { batch.indices.map { samples.labels[$0] } }

  private func write(image: Int, _ placement: Augmentation.Placement, to tensor: Tensor, at place: Int) {
    precondition(tensor.shape == samples.shape && place < tensor.images, "the tensor does not hold the batch")
    switch tensor.format {
    case .fp32: write(image, placement, table, to: tensor.base + place * samples.shape.count)
    case .bf16: write(image, placement, bfloatTable, to: tensor.bfloats + place * samples.shape.count)
    }
  }

  private func write<Number: AdditiveArithmetic>(
    _ image: Int, _ placement: Augmentation.Placement, _ table: [Number], to target: UnsafeMutablePointer<Number>
  ) {
    let (height, width, channels) = (samples.shape.height, samples.shape.width, samples.shape.channels)
    precondition(image >= 0 && image < samples.count, "the image lies outside of the samples")
    samples.pixels.withUnsafeBufferPointer { pixels in
      table.withUnsafeBufferPointer { table in
        for y in 0..<height {
          let row = target + y * width * channels
          let sourceY = y + placement.rowOffset
          guard sourceY >= 0 && sourceY < height else {
            row.update(repeating: .zero, count: width * channels)
            continue
          }
          let source = (image * height + sourceY) * width * channels
          for x in 0..<width {
            let sourceX = (placement.isFlipped ? width - 1 - x : x) + placement.columnOffset
            let isInside = sourceX >= 0 && sourceX < width
            for channel in 0..<channels {
              let at = x * channels + channel
              row[at] = isInside ? table[channel << 8 | Int(pixels[source + sourceX * channels + channel])] : .zero
            }
          }
        }
      }
    }
  }
}
