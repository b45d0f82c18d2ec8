/// Writes (or adds to `inputGradient`) the gradient with respect to a convolution's input.
///
/// With stride 1 it is itself a convolution, of the output's gradient with the flipped and transposed kernel. Otherwise the
/// positions fall into classes that each are one, or, with the patches' algorithm, the gradient of the patch matrix is added
/// tile by tile to the positions that it was gathered from.
package func convolveBackwardData(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, fusion: ConvolutionFusion = ConvolutionFusion(), on execution: Execution
) {
  precondition(
    inputGradient.shape == geometry.input && outputGradient.shape == geometry.output
      && inputGradient.images == outputGradient.images, "the tensors do not have the convolution's shapes")
  if inputGradient.format == .bf16 {
    return convolveBF16BackwardData(
      outputGradient, weights: weights, into: inputGradient, accumulating: accumulating, geometry: geometry,
      fusion: fusion, on: execution)
  }
  let sums = fusion.backwardSums(inputGradient, after: geometry.passShared, execution)
  let finish = sums.map { sums in { (image: Int) in fusion.sum(image, of: inputGradient, sums, execution) } }
  switch execution.algorithm(.data, of: geometry) {
  case .direct:
    convolveBackwardDataDirectly(
      outputGradient, weights: weights, into: inputGradient, accumulating: accumulating, geometry: geometry,
      on: execution, finished: finish)
  case .winograd:
    convolveBackwardDataWinograd(
      outputGradient, weights: weights, into: inputGradient, accumulating: accumulating, geometry: geometry,
      on: execution, finished: finish)
  case .panels:
    convolveBackwardDataInPanels(
      outputGradient, weights: weights, into: inputGradient, accumulating: accumulating, geometry: geometry,
      on: execution, finished: finish)
  case .patches:
    convolveBackwardDataFromPatches(
      outputGradient, weights: weights, into: inputGradient, accumulating: accumulating, geometry: geometry,
      on: execution, finished: finish)
  }
  fusion.settleBackward(sums, inputGradient)
}

private func convolveBackwardDataFromPatches(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  if geometry.stride > 1 {
    return scatterGradient(
      outputGradient, weights: weights, into: inputGradient, accumulating: accumulating, geometry: geometry,
      on: execution, finished: finished)
  }
  var matrix = Matrix(base: weights, stride: geometry.outputChannels, transposed: true)
  if geometry.kernelHeight * geometry.kernelWidth > 1 {
    matrix = Matrix(base: flippedWeights(weights, geometry, on: execution), stride: geometry.input.channels)
  }
  multiplyPatches(
    of: outputGradient, geometry.adjointPatches, by: matrix, packing: geometry.weightCount, into: inputGradient,
    accumulating: accumulating, on: execution, finished: finished)
}

/// The kernel turned by 180 degrees, with input and output channels exchanged, in the shared scratch.
func flippedWeights(
  _ weights: UnsafePointer<Float>, _ geometry: ConvolutionGeometry, on execution: Execution
) -> UnsafePointer<Float> {
  let flipped = execution.scratch.shared(geometry.weightCount)
  let taps = geometry.kernelHeight * geometry.kernelWidth
  let size = geometry.input.channels * geometry.outputChannels
  execution.pool.run(chunks: taps) { tap, _ in
    execution.table.transpose(
      weights + tap * size, geometry.outputChannels, geometry.input.channels, geometry.outputChannels,
      flipped + (taps - 1 - tap) * size, geometry.input.channels)
  }
  return UnsafePointer(flipped)
}

private func scatterGradient(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, on execution: Execution, finished: ((_ image: Int) -> Void)?
) {
  let patches = geometry.patches
  let columns = geometry.outputChannels
  let tiling = patches.tiling(columns: columns)
  let right = RightMatrix(
    Matrix(base: weights, stride: columns, transposed: true), k: columns, n: patches.depth,
    packed: tiling.imagesPerTile > 1, at: 0, on: execution)
  let scratch = geometry.scatterScratch
  execution.pool.run(chunks: tiling.chunks(images: outputGradient.images)) { chunk, worker in
    let patchGradient = execution.scratch.worker(worker, scratch)
    let tiles = tiling.tiles(of: chunk)
    let images = tiling.images(of: tiles.lowerBound, in: outputGradient.images)
    let target = inputGradient.base + images.lowerBound * geometry.input.count
    if !accumulating { target.update(repeating: 0, count: images.count * geometry.input.count) }
    for tile in tiles {
      let positions = tiling.positions(of: tile)
      right.multiply(
        outputGradient.base + images.lowerBound * geometry.output.count + positions.lowerBound * columns,
        rows: images.count * positions.count, accumulating: false, into: patchGradient, execution.table)
      patches.scatter(patchGradient, images: images.count, rows: positions, into: target, execution.table)
    }
    if let finished { images.forEach(finished) }
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
  if input.format == .bf16 {
    return convolveBF16BackwardWeights(
      outputGradient, input: input, into: weightGradient, geometry: geometry, fusion: fusion, on: execution)
  }
  let algorithm = execution.algorithm(.weights, of: geometry)
  func prepare(_ image: Int) { fusion.apply(image, to: outputGradient, execution) }
  if algorithm == .panels {
    return convolveBackwardWeightsInPanels(
      outputGradient, input: input, normalizing: fusion.input, into: weightGradient, geometry: geometry,
      on: execution, prepare: prepare)
  }
  if algorithm == .winograd, geometry.winogradGradientRunsInSteps {
    return convolveBackwardWeightsWinogradInSteps(
      outputGradient, input: input, normalizing: fusion.input, into: weightGradient,
      tiling: geometry.winogradGradientTiling, on: execution, prepare: prepare)
  }
  let (write, scratch) =
    switch algorithm {
    case .patches, .panels: (writeWeightGradientFromPatches, geometry.patchScratch)
    case .direct: (writeWeightGradientDirectly, geometry.directScratch)
    case .winograd: (writeWeightGradientWinograd, geometry.winogradGradientScratch)
    }
  sumWeightGradients(of: input.images, into: weightGradient, geometry, on: execution) { images, target, worker in
    write(
      outputGradient[images], input[images], fusion.input, geometry, execution.table, target,
      execution.scratch.worker(worker, scratch)
    ) { prepare(images.lowerBound + $0) }
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
    execution.table.sumParts(
      partial + range.lowerBound, chunks, count, range.count, weightGradient + range.lowerBound)
  }
}

private func writeWeightGradientFromPatches(
  _ outputGradient: Tensor, _ input: Tensor, normalizing: BatchNormalization?, _ geometry: ConvolutionGeometry,
  _ table: KernelTable, into weightGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
  prepare: (_ image: Int) -> Void
) {
  let patches = geometry.patches
  let columns = geometry.outputChannels
  let tiling = patches.tiling(columns: columns)
  for chunk in 0..<tiling.chunks(images: input.images) {
    let tiles = tiling.tiles(of: chunk)
    let images = tiling.images(of: tiles.lowerBound, in: input.images)
    images.forEach(prepare)
    let source = PatchSource(
      input[images], patches, columns: columns, normalizing: normalizing, in: scratch, table)
    for tile in tiles {
      let positions = tiling.positions(of: tile)
      let left = source.rows(positions)
      let right = outputGradient.base + images.lowerBound * geometry.output.count + positions.lowerBound * columns
      multiply(
        Matrix(base: left, stride: patches.depth, transposed: true), Matrix(base: right, stride: columns),
        m: patches.depth, n: columns, k: images.count * positions.count, beta: tile == 0 ? 0 : 1, into: weightGradient,
        stride: columns)
    }
  }
}

extension ConvolutionGeometry {
  /// The floats that one worker needs for the data gradient of a strided convolution.
  fileprivate var scatterScratch: Int { patches.tiling(columns: outputChannels).rows * k }

  /// The floats that one worker needs for the patches of the input.
  fileprivate var patchScratch: Int { patches.tileScratch(columns: outputChannels, normalizing: true) }

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
    let forward = BF16Scratch([geometry.bfloatForward])
    let data = BF16Scratch(geometry.bfloatData)
    return geometry.bfloatGradientScratch(images: batch, sums: sums)
      .union(forward.size(channels: geometry.outputChannels, batch: batch))
      .union(data.size(channels: inputs, batch: batch))
  }
  var perWorker = max(geometry.patchScratch, geometry.directScratch)
  if geometry.stride > 1 {
    perWorker = max(perWorker, geometry.scatterScratch)
  } else {
    perWorker = max(perWorker, geometry.adjointPatches.tileScratch(columns: inputs, normalizing: false))
  }
  let fused = ConvolutionFusion.scratch(channels: max(inputs, geometry.outputChannels), batch: batch)
  return ScratchSize(perWorker: perWorker, shared: max(sums, geometry.passShared + fused))
    .union(geometry.winogradScratch).union(geometry.panelScratch).union(geometry.panelGradientScratch)
}

extension ConvolutionGeometry {
  /// The floats of shared scratch that a pass forward or to the data may use.
  var passShared: Int {
    let packed = max(
      RightMatrix.packedCount(k: k, n: outputChannels), RightMatrix.packedCount(k: outputChannels, n: k),
      weightCount + RightMatrix.packedCount(k: weightCount / input.channels, n: input.channels))
    return max(packed, winogradScratch.shared, panelScratch.shared)
  }
}
