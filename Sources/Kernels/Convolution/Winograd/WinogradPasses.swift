// The three passes of a 3x3 convolution by Winograd's algorithms, each by groups or in steps, and their working memory.

/// The forward pass.
func convolveWinograd(_ pass: FeaturePass) {
  let tilings = pass.geometry.winogradTilings
  let transformed = WinogradWeights(
    pass.weights, tilings.groups, into: pass.execution.scratch.shared(tilings.groups.weightFloats),
    on: pass.execution)
  convolveWinograd(pass, transformed, tilings)
}

/// The gradient with respect to the input: a convolution of the output's gradient with the turned weights.
func convolveBackwardDataWinograd(_ pass: FeaturePass) {
  let tilings = pass.geometry.winogradAdjointTilings
  let transformed = WinogradWeights(
    turning: pass.weights, tilings.groups, into: pass.execution.scratch.shared(tilings.groups.weightFloats),
    on: pass.execution)
  convolveWinograd(pass, transformed, tilings)
}

/// Tiles for a pass by groups, and for the same in steps where it may be of use.
private typealias WinogradTilings = (groups: WinogradTiling, steps: WinogradTiling?)

/// By groups, or in steps where there are too few groups for the threads. The bits are the same.
private func convolveWinograd(_ pass: FeaturePass, _ weights: WinogradWeights, _ tilings: WinogradTilings) {
  let groups = (pass.source.images + tilings.groups.imagesPerGroup - 1) / tilings.groups.imagesPerGroup
  if let steps = tilings.steps, groups < 2 * pass.execution.pool.threads {
    let shared = pass.execution.scratch.shared(steps.weightFloats + steps.planeFloats)
    convolveWinogradInSteps(pass, weights, tiling: steps, planes: shared + steps.weightFloats)
  } else {
    convolveWinogradInGroups(pass, weights, tiling: tilings.groups)
  }
}

extension ConvolutionGeometry {
  private var channelPairs: Int { input.channels * outputChannels }

  /// Whether a pass may go in steps over many images: where there are many weights.
  private var hasManyWeights: Bool { channelPairs >= 128 * 128 }

  /// Whether the weights' gradient goes in steps. It has one set of sums for all images then, and one for each chunk of
  /// images by groups.
  var winogradGradientRunsInSteps: Bool { hasManyWeights || channelPairs >= 64 * 64 && input.pixels <= 256 }

  fileprivate var winogradTilings: WinogradTilings { tilings(input, to: outputChannels) }

  /// The same for the pass that runs over the output's gradient.
  fileprivate var winogradAdjointTilings: WinogradTilings { tilings(output, to: input.channels) }

  /// So many tiles in a group that its planes stay in the second-level cache.
  private func tilings(_ image: Shape, to results: Int) -> WinogradTilings {
    (
      groups: WinogradTiling(
        algorithm: WinogradAlgorithm(for: image), image: image, results: results,
        wanted: max(16, min(64, 2048 / (image.channels + results)))),
      steps: hasManyWeights ? stepTiling(image, to: results) : nil
    )
  }

  /// A step takes at least eight images, so that several threads have some to transform, up to a limit in memory; one
  /// image is always taken whole.
  private func stepTiling(_ image: Shape, to results: Int) -> WinogradTiling {
    let algorithm = WinogradAlgorithm(for: image)
    let single = WinogradTiling(algorithm: algorithm, image: image, results: results, wanted: 1)
    return WinogradTiling(
      algorithm: algorithm, image: image, results: results,
      wanted: max(64, single.tiles, min(8 * single.tiles, 512)))
  }

  /// Tiles of the weights' pass: so many that reading and writing the sums costs little against the products.
  var winogradGradientTiling: WinogradTiling {
    winogradGradientRunsInSteps
      ? stepTiling(input, to: outputChannels)
      : WinogradTiling(
        algorithm: WinogradAlgorithm(for: input), image: input, results: outputChannels, wanted: 64)
  }

  /// The scratch of all three passes.
  var winogradScratch: ScratchSize {
    guard allowsWinograd else { return ScratchSize() }
    var size = ScratchSize()
    for (groups, steps) in [winogradTilings, winogradAdjointTilings] {
      size.formUnion(ScratchSize(perWorker: groups.padded.count + groups.planeFloats, shared: groups.weightFloats))
      size.formUnion(ScratchSize(perWorker: WinogradWeights.scratch(channels: groups.image.channels)))
      if let steps { size.formUnion(ScratchSize(shared: steps.weightFloats + steps.planeFloats)) }
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
