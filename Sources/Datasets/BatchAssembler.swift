import Images
package import Kernels
package import Randomness

/// Turns samples into a network's input: augments them, and normalises bytes to floats.
///
/// The image at place p of epoch e draws from the stream's part (e, p), so a batch does not depend on the number of
/// threads, nor on the batches before it. Padding and erased pixels are 0 after normalisation: the mean colour.
package struct BatchAssembler: Sendable {
  package let samples: Samples
  package let augmentation: Augmentation
  private let stream: RandomStream
  private let turns: RandomStream
  /// The normalised value of each byte, 256 per channel, in fp32 and in bf16.
  private let table: [Float]
  private let bf16Table: [UInt16]

  /// `normalization` has as many channels as the samples. Use the stream of the purpose "augmentation".
  package init(
    samples: Samples, normalization: Normalization, augmentation: Augmentation = .none,
    stream: RandomStream = RandomStream(seed: 0, purpose: "augmentation")
  ) {
    precondition(normalization.mean.count == samples.shape.channels, "the normalisation has other channels")
    self.samples = samples
    self.augmentation = augmentation
    self.stream = stream
    // Parts of epochs are numbered from 0, so no epoch uses this one.
    turns = stream.split(-1)
    self.table = normalization.table()
    self.bf16Table = table.map(bf16)
  }
}

extension BatchAssembler {
  /// Writes the batch's images to a tensor of at least as many. Throws what decoding throws, if the samples are
  /// streamed: of several failures the first one in the batch.
  package func fill(_ destination: Tensor, with batch: BatchSampler.Batch, pool: ThreadPool) throws {
    let epoch = stream.split(batch.epoch)
    let onlyMoves = augmentation.onlyMoves
    try pool.forEach(batch.indices.count) { place in
      var stream = epoch.split(batch.position + place)
      let image = batch.indices[place]
      let isTurn =
        augmentation.alternateFlip
        && augmentation.isFlippedInTurn(image: image, epoch: batch.epoch, stream: turns)
      if onlyMoves {
        var placement = augmentation.placement(from: &stream)
        if isTurn { placement.isFlipped = true }
        try write(image: image, placement, to: destination, at: place)
      } else {
        let source = try augmentation.randomResizedCrop == nil ? samples.image(image) : samples.original(image)
        let canvas = augmentation.apply(
          to: source, width: samples.shape.width, height: samples.shape.height, isTurn: isTurn, from: &stream)
        write(canvas, to: destination, at: place)
      }
    }
  }

  /// Writes images `indices` without augmentation, mirrored or not, for an evaluation. Throws as above.
  package func fill(
    _ destination: Tensor, with indices: Range<Int>, mirrored: Bool = false, pool: ThreadPool
  ) throws {
    var placement = Augmentation.Placement()
    placement.isFlipped = mirrored
    let fixed = placement
    try pool.forEach(indices.count) { place in
      try write(image: indices.lowerBound + place, fixed, to: destination, at: place)
    }
  }

  /// The labels of the batch's images.
  package func labels(of batch: BatchSampler.Batch) -> [Int32] { batch.indices.map { samples.labels[$0] } }

  private func write(image: Int, _ placement: Augmentation.Placement, to tensor: Tensor, at place: Int) throws {
    precondition(tensor.shape == samples.shape && place < tensor.images, "the tensor does not hold the batch")
    try samples.withPixels(of: image) { pixels in
      switch tensor.format {
      case .fp32: write(pixels, placement, table, to: tensor.base + place * samples.shape.count)
      case .bf16: write(pixels, placement, bf16Table, to: tensor.bf16Base + place * samples.shape.count)
      }
    }
  }

  private func write<Number: AdditiveArithmetic>(
    _ pixels: UnsafeBufferPointer<UInt8>, _ placement: Augmentation.Placement, _ table: [Number],
    to target: UnsafeMutablePointer<Number>
  ) {
    let (height, width, channels) = (samples.shape.height, samples.shape.width, samples.shape.channels)
    table.withUnsafeBufferPointer { table in
      for y in 0..<height {
        let row = target + y * width * channels
        let sourceY = y + placement.rowOffset
        guard sourceY >= 0 && sourceY < height else {
          row.update(repeating: .zero, count: width * channels)
          continue
        }
        let source = sourceY * width * channels
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

  private func write(_ canvas: Canvas, to tensor: Tensor, at place: Int) {
    precondition(tensor.shape == samples.shape && place < tensor.images, "the tensor does not hold the batch")
    switch tensor.format {
    case .fp32: write(canvas, table, to: tensor.base + place * samples.shape.count)
    case .bf16: write(canvas, bf16Table, to: tensor.bf16Base + place * samples.shape.count)
    }
  }

  private func write<Number: AdditiveArithmetic>(
    _ canvas: Canvas, _ table: [Number], to target: UnsafeMutablePointer<Number>
  ) {
    let (count, channels) = (samples.shape.pixels, samples.shape.channels)
    precondition(canvas.image.pixels.count == count * channels, "the picture has another size than the samples")
    table.withUnsafeBufferPointer { table in
      canvas.image.pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<channels {
          var at = channel
          for _ in 0..<count {
            target[at] = table[channel << 8 | Int(pixels[at])]
            at += channels
          }
        }
      }
    }
    guard !canvas.blank.isEmpty else { return }
    for pixel in 0..<count where canvas.blank[pixel] {
      (target + pixel * channels).update(repeating: .zero, count: channels)
    }
  }
}
