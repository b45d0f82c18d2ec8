internal import LoopTypes

/// Writes (or adds to `inputGradient`) the gradient with respect to a convolution's input.
///
/// With stride 1 it is itself a convolution, of the output's gradient with the flipped and transposed kernel. Otherwise the
/// positions fall into classes that each are one, or, with im2col, the gradient of the patch matrix is added
/// tile by tile to the positions that it was gathered from.
package func convolveBackwardData(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, fusion: ConvolutionFusion = ConvolutionFusion(), on execution: Execution
) {
  precondition(
    inputGradient.shape == geometry.input && outputGradient.shape == geometry.output
      && inputGradient.images == outputGradient.images, "the tensors do not have the convolution's shapes")
  var pass = FeaturePass(
    source: outputGradient, weights: weights, target: inputGradient, isAccumulating: accumulating, geometry: geometry,
    execution: execution)
  if inputGradient.format == .bf16 { return convolveBF16BackwardData(pass, fusion: fusion) }
  let sums = fusion.backwardSums(inputGradient, after: geometry.passShared, execution)
  if let sums { pass.finished = { fusion.sum($0, of: inputGradient, sums, execution) } }
  switch execution.algorithm(.data, of: geometry) {
  case .direct: convolveBackwardDataDirectly(pass)
  case .winograd: convolveBackwardDataWinograd(pass)
  case .packedGEMM: convolveBackwardDataPackedGEMM(pass)
  case .im2col: if geometry.stride > 1 { pass.scatterGradient() } else { pass.gatherGradient() }
  }
  fusion.settleBackward(sums, inputGradient)
}

/// The kernel turned by 180 degrees, with input and output channels exchanged, in the shared scratch.
func flippedWeights(
  _ weights: UnsafePointer<Float>, _ geometry: ConvolutionGeometry, on execution: Execution
) -> UnsafePointer<Float> {
  let flipped = execution.scratch.shared(geometry.weightCount)
  let taps = geometry.kernelHeight * geometry.kernelWidth
  let size = geometry.input.channels * geometry.outputChannels
  execution.pool.run(chunks: taps) { tap, _ in
    execution.floats.transpose(
      weights + tap * size,
      TransposeExtents(
        rows: geometry.input.channels, columns: geometry.outputChannels, stride: geometry.outputChannels,
        targetStride: geometry.input.channels), into: flipped + (taps - 1 - tap) * size)
  }
  return UnsafePointer(flipped)
}

extension FeaturePass {
  /// The input's gradient of stride 1: a convolution with the turned kernel.
  fileprivate func gatherGradient() {
    var matrix = Matrix(base: weights, stride: geometry.outputChannels, transposed: true)
    if geometry.kernelHeight * geometry.kernelWidth > 1 {
      matrix = Matrix(base: flippedWeights(weights, geometry, on: execution), stride: geometry.input.channels)
    }
    multiplyIm2col(geometry.adjointIm2col, by: matrix, packing: geometry.weightCount)
  }

  /// The input's gradient of any stride: that of the patch matrix, added to where the patches were gathered from.
  fileprivate func scatterGradient() {
    let patches = geometry.im2col
    let columns = geometry.outputChannels
    let tiling = patches.tiling(columns: columns)
    let right = RightMatrix(
      Matrix(base: weights, stride: columns, transposed: true), k: columns, n: patches.depth,
      packedAt: tiling.imagesPerTile > 1 ? 0 : nil, on: execution)
    let (scratch, floats) = (geometry.scatterScratch, execution.floats)
    execution.pool.run(chunks: tiling.chunks(images: source.images)) { chunk, worker in
      let patchGradient = execution.scratch.worker(worker, scratch)
      let tiles = tiling.tiles(of: chunk)
      let images = tiling.images(of: tiles.lowerBound, in: source.images)
      let place = target.base + images.lowerBound * geometry.input.count
      if !isAccumulating { place.update(repeating: 0, count: images.count * geometry.input.count) }
      for tile in tiles {
        let positions = tiling.positions(of: tile)
        right.multiply(
          source.base + images.lowerBound * geometry.output.count + positions.lowerBound * columns,
          rows: images.count * positions.count, accumulating: false, into: patchGradient, floats)
        patches.col2im(patchGradient, images: images.count, rows: positions, into: place, floats)
      }
      if let finished { images.forEach(finished) }
    }
  }
}

/// Overwrites `weightGradient` (k x outputChannels) with the gradient with respect to a convolution's weights, summed
/// over all images: the transposed patch matrix times the output's gradient.
///
/// What crosses chunks of images is summed chunk by chunk and then added in their order, so that the bits do not depend on the
/// number of threads.
package func convolveBackwardWeights(
  _ outputGradient: Tensor, input: Tensor, into weightGradient: UnsafeMutablePointer<Float>,
  geometry: ConvolutionGeometry, fusion: ConvolutionFusion = ConvolutionFusion(), on execution: Execution
) {
  precondition(
    input.shape == geometry.input && outputGradient.shape == geometry.output && input.images == outputGradient.images,
    "the tensors do not have the convolution's shapes")
  guard input.images > 0 else { return weightGradient.update(repeating: 0, count: geometry.weightCount) }
  let pass = WeightPass(
    outputGradient: outputGradient, input: input, normalization: fusion.input, geometry: geometry,
    execution: execution, prepare: { fusion.apply($0, to: outputGradient, execution) })
  if input.format == .bf16 { return convolveBF16BackwardWeights(pass, into: weightGradient) }
  let algorithm = execution.algorithm(.weights, of: geometry)
  if algorithm == .packedGEMM { return convolveBackwardWeightsPackedGEMM(pass, into: weightGradient) }
  if algorithm == .winograd, geometry.winogradGradientRunsInSteps {
    return convolveBackwardWeightsWinogradInSteps(
      pass, into: weightGradient, tiling: geometry.winogradGradientTiling)
  }
  let (write, scratch) =
    switch algorithm {
    case .im2col, .packedGEMM: (writeWeightGradientIm2col, geometry.im2colScratch)
    case .direct: (writeWeightGradientDirectly, geometry.directScratch)
    case .winograd: (writeWeightGradientWinograd, geometry.winogradGradientScratch)
    }
  sumWeightGradients(of: input.images, into: weightGradient, geometry, on: execution) { images, target, worker in
    write(pass[images], target, execution.scratch.worker(worker, scratch))
  }
}

/// Calls `write` for chunks of images, each of which overwrites a sum of its own, and adds these in their order.
func sumWeightGradients(
  of images: Int, into weightGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry,
  on execution: Execution, write: (_ images: Range<Int>, _ target: UnsafeMutablePointer<Float>, _ worker: Int) -> Void
) {
  let count = geometry.weightCount
  let chunks = geometry.weightGradientChunks(images: images)
  let partial = chunks == 1 ? weightGradient : execution.scratch.shared(chunks * count)
  execution.pool.run(chunks: chunks) { chunk, worker in
    write(chunk * images / chunks..<(chunk + 1) * images / chunks, partial + chunk * count, worker)
  }
  guard chunks > 1 else { return }
  execution.forEachRange(of: count, step: 4096) { range, _ in
    execution.floats.sumParts(
      partial + range.lowerBound, number: chunks, pitch: count, count: range.count,
      into: weightGradient + range.lowerBound)
  }
}

private func writeWeightGradientIm2col(
  _ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let (input, geometry) = (pass.input, pass.geometry)
  let patches = geometry.im2col
  let columns = geometry.outputChannels
  let tiling = patches.tiling(columns: columns)
  for chunk in 0..<tiling.chunks(images: input.images) {
    let tiles = tiling.tiles(of: chunk)
    let images = tiling.images(of: tiles.lowerBound, in: input.images)
    images.forEach(pass.prepare)
    let rows = Im2colSource(
      input[images], patches, columns: columns, normalizing: pass.normalization,
      Im2colScratch(base: scratch, floats: pass.execution.floats))
    for tile in tiles {
      let positions = tiling.positions(of: tile)
      let left = rows[positions]
      let right = pass.outputGradient.base + images.lowerBound * geometry.output.count + positions.lowerBound * columns
      multiply(
        Matrix(base: left, stride: patches.depth, transposed: true), Matrix(base: right, stride: columns),
        ProductExtents(m: patches.depth, n: columns, k: images.count * positions.count),
        MatrixTarget(weightGradient, stride: columns, beta: tile == 0 ? 0 : 1))
    }
  }
}

extension ConvolutionGeometry {
  /// The floats that one worker needs for the data gradient of a strided convolution.
  fileprivate var scatterScratch: Int { im2col.tiling(columns: outputChannels).rows * k }

  /// The floats that one worker needs for the patches of the input.
  fileprivate var im2colScratch: Int { im2col.tileScratch(columns: outputChannels, normalizing: true) }

  /// In how many chunks the images' weight gradients are summed: at most 16, and no more than 64 MB of sums.
  func weightGradientChunks(images: Int) -> Int {
    min(images, 16, max(1, 16 * 1024 * 1024 / weightCount))
  }
}

/// The scratch that a convolution of `batch` images needs, forward and backward, whatever the number of threads.
package func convolutionScratch(
  _ geometry: ConvolutionGeometry, batch: Int, format: NumberFormat = .fp32
) -> ScratchSize {
  let inputs = geometry.input.channels
  let sums = geometry.weightCount * max(1, geometry.weightGradientChunks(images: batch))
  if format == .bf16 {
    let forward = BF16Scratch([geometry.bf16Forward])
    let data = BF16Scratch(geometry.bf16Data)
    return geometry.bf16GradientScratch(images: batch, sums: sums)
      .union(forward.size(channels: geometry.outputChannels, batch: batch))
      .union(data.size(channels: inputs, batch: batch))
  }
  var perWorker = max(geometry.im2colScratch, geometry.directScratch)
  if geometry.stride > 1 {
    perWorker = max(perWorker, geometry.scatterScratch)
  } else {
    perWorker = max(perWorker, geometry.adjointIm2col.tileScratch(columns: inputs, normalizing: false))
  }
  let fused = ConvolutionFusion.scratch(channels: max(inputs, geometry.outputChannels), batch: batch)
  return ScratchSize(perWorker: perWorker, shared: max(sums, geometry.passShared + fused))
    .union(geometry.winogradScratch).union(geometry.packedGEMMScratch).union(geometry.packedGEMMGradientScratch)
}

extension ConvolutionGeometry {
  /// The floats of shared scratch that a pass forward or to the data may use.
  var passShared: Int {
    let packed = max(
      RightMatrix.packedCount(k: k, n: outputChannels), RightMatrix.packedCount(k: outputChannels, n: k),
      weightCount + RightMatrix.packedCount(k: weightCount / input.channels, n: input.channels))
    return max(packed, winogradScratch.shared, packedGEMMScratch.shared)
  }
}
