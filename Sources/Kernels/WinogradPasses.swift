// The three passes of a 3x3 convolution by Winograd's algorithms, each by groups or in steps, and their working memory.

/// The forward pass.
func convolveWinograd(
  _ input: Tensor, weights: UnsafePointer<Float>, into output: Tensor, geometry: ConvolutionGeometry,
  on execution: Execution
) {
  let tiling = geometry.winogradTiling
  let shared = execution.scratch.shared(geometry.winogradShared(tiling))
  let transformed = WinogradWeights(
    weights, channels: tiling.image.channels, results: tiling.results, tiling.algorithm.loops(execution.table),
    into: shared, on: execution)
  convolveWinograd(
    input, transformed, into: output, accumulating: false, tiling: tiling, inSteps: geometry.winogradRunsInSteps,
    planes: shared + tiling.weightFloats, on: execution)
}

/// The gradient with respect to the input: a convolution of the output's gradient with the turned weights.
func convolveBackwardDataWinograd(
  _ outputGradient: Tensor, weights: UnsafePointer<Float>, into inputGradient: Tensor, accumulating: Bool,
  geometry: ConvolutionGeometry, on execution: Execution
) {
  let tiling = geometry.winogradAdjointTiling
  let shared = execution.scratch.shared(geometry.winogradShared(tiling))
  let transformed = WinogradWeights(
    turning: weights, channels: tiling.image.channels, results: tiling.results,
    tiling.algorithm.loops(execution.table), into: shared, on: execution)
  convolveWinograd(
    outputGradient, transformed, into: inputGradient, accumulating: accumulating, tiling: tiling,
    inSteps: geometry.winogradRunsInSteps, planes: shared + tiling.weightFloats, on: execution)
}

private func convolveWinograd(
  _ input: Tensor, _ weights: WinogradWeights, into output: Tensor, accumulating: Bool, tiling: WinogradTiling,
  inSteps: Bool, planes: UnsafeMutablePointer<Float>, on execution: Execution
) {
  if inSteps {
    convolveWinogradInSteps(
      input, weights, into: output, accumulating: accumulating, tiling: tiling, planes: planes, on: execution)
  } else {
    convolveWinogradInGroups(
      input, weights, into: output, accumulating: accumulating, tiling: tiling, on: execution)
  }
}

extension ConvolutionGeometry {
  /// Layers of many weights go step by step over many images, the others group by group.
  fileprivate var winogradRunsInSteps: Bool { input.channels * outputChannels >= 128 * 128 }

  /// The same for the weights' gradient, whose sums are one set in steps and one for each chunk of images in groups.
  var winogradGradientRunsInSteps: Bool {
    winogradRunsInSteps || input.channels * outputChannels >= 64 * 64 && input.pixels <= 256
  }

  /// Tiles of the forward pass: so many that the planes of a group stay in the second-level cache.
  fileprivate var winogradTiling: WinogradTiling {
    tiling(input, to: outputChannels, winogradRunsInSteps, max(16, min(64, 2048 / (input.channels + outputChannels))))
  }

  /// Tiles of the pass that runs over the output's gradient.
  fileprivate var winogradAdjointTiling: WinogradTiling {
    tiling(output, to: input.channels, winogradRunsInSteps, winogradTiling.wanted)
  }

  /// Tiles of the weights' pass: so many that reading and writing the sums costs little against the products.
  var winogradGradientTiling: WinogradTiling { tiling(input, to: outputChannels, winogradGradientRunsInSteps, 64) }

  private func tiling(_ image: Shape, to results: Int, _ inSteps: Bool, _ groups: Int) -> WinogradTiling {
    let algorithm = WinogradAlgorithm(for: image)
    let single = WinogradTiling(algorithm: algorithm, image: image, results: results, wanted: 1)
    // A step takes at least eight images, so that several threads have some to transform, up to a limit in memory.
    return WinogradTiling(
      algorithm: algorithm, image: image, results: results,
      wanted: inSteps ? max(64, min(8 * single.tiles, 512)) : groups)
  }

  fileprivate func winogradShared(_ tiling: WinogradTiling) -> Int {
    tiling.weightFloats + (winogradRunsInSteps ? tiling.planeFloats : 0)
  }

  /// The scratch of all three passes.
  var winogradScratch: ScratchSize {
    guard allowsWinograd else { return ScratchSize() }
    var size = ScratchSize()
    for tiling in [winogradTiling, winogradAdjointTiling] {
      size.formUnion(
        ScratchSize(
          perWorker: tiling.padded.count + (winogradRunsInSteps ? 0 : tiling.planeFloats),
          shared: winogradShared(tiling)))
      size.formUnion(ScratchSize(perWorker: WinogradWeights.scratch(channels: tiling.image.channels)))
    }
    let tiling = winogradGradientTiling
    return size.union(
      winogradGradientRunsInSteps
        ? ScratchSize(perWorker: tiling.images, shared: tiling.weightFloats + tiling.planeFloats)
        : ScratchSize(perWorker: winogradGradientScratch))
  }

  /// What a worker needs for the weights' gradient of some images.
  var winogradGradientScratch: Int {
    let tiling = winogradGradientTiling
    return tiling.weightFloats + tiling.images + tiling.planeFloats
  }
}

extension WinogradTiling {
  /// The floats of a padded image and a filled one.
  var images: Int { padded.count + filled.count }
}
