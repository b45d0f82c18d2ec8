internal import LoopTypes

// The weights' gradient of layers of many weights, in two steps over many positions: both images are copied into panels
// of 16 channels, then every 16 rows of weights are multiplied for themselves. There is one set of sums for all images,
// however many threads there are.

extension ConvolutionGeometry {
  /// Whether channels fill the panels.
  var fillsPanels: Bool { input.channels % 16 == 0 && outputChannels % 16 == 0 }

  /// How many images a step takes: about 2 MB of panels, and no fewer than 128 positions.
  private var imagesPerStep: Int {
    let rows = max(128, min(4096, 524_288 / (usedTaps.count * input.channels + outputChannels)))
    return max(1, rows / output.pixels)
  }

  fileprivate var packedSteps: (images: Int, rows: Int) { (imagesPerStep, imagesPerStep * output.pixels) }

  /// The scratch of the weights' gradient in packed GEMM.
  var packedGEMMGradientScratch: ScratchSize {
    guard fillsPanels else { return ScratchSize() }
    return ScratchSize(perWorker: surroundedInput.count, shared: packedSteps.rows * (k + outputChannels))
  }
}

/// The gradient with respect to the weights.
func convolveBackwardWeightsPackedGEMM(_ pass: WeightPass, into weightGradient: UnsafeMutablePointer<Float>) {
  let (input, geometry, execution) = (pass.input, pass.geometry, pass.execution)
  let floats = execution.floats
  let (channels, n, pixels) = (input.shape.channels, geometry.outputChannels, geometry.output.pixels)
  let (step, taps, padded) = (geometry.packedSteps, geometry.usedTaps, geometry.surroundedInput)
  let depth = taps.count * channels
  let left = execution.scratch.shared(step.rows * (depth + n))
  let right = left + step.rows * depth
  let panels = (left: depth / 16, right: n / 16)
  let span = 16
  let spans = (panels.right + span - 1) / span
  if taps.count < geometry.kernelHeight * geometry.kernelWidth {
    weightGradient.update(repeating: 0, count: geometry.weightCount)
  }
  // What one tap meets at all positions of a padded image, and the positions of its output's gradient.
  let inputRows = RowPackingExtents(
    size: Size(height: geometry.output.height, width: geometry.output.width), channels: channels,
    step: geometry.stride * channels, linePitch: geometry.stride * padded.rowPitch, panelPitch: step.rows * 16)
  let gradientRows = RowPackingExtents(
    size: Size(height: 1, width: pixels), channels: n, step: n, linePitch: 0, panelPitch: step.rows * 16)
  for first in stride(from: 0, to: input.images, by: step.images) {
    let images = min(step.images, input.images - first)
    execution.pool.run(chunks: images) { place, worker in
      pass.prepare(first + place)
      let source = padded.prepare(
        input.base + (first + place) * input.shape.count, normalizing: pass.normalization,
        in: execution.scratch.worker(worker, padded.count), floats)
      let row = place * pixels
      for (place, tap) in taps.enumerated() {
        floats.packRows(
          source + geometry.origin(of: tap, in: padded), inputRows,
          into: left + (place * channels / 16 * step.rows + row) * 16)
      }
      floats.packRows(
        pass.outputGradient.base + (first + place) * pixels * n, gradientRows, into: right + row * 16)
    }
    let rows = images * pixels
    execution.pool.run(chunks: panels.left * spans) { chunk, _ in
      let (panel, block) = (chunk / spans, chunk % spans * span)
      let blocks = min(span, panels.right - block)
      let row = taps[panel * 16 / channels] * channels + panel * 16 % channels
      let target = weightGradient + row * n + block * 16
      for row in stride(from: 0, to: rows, by: 256) {
        floats.sumOuterProducts(
          left + (panel * step.rows + row) * 16, right + (block * step.rows + row) * 16,
          OuterProductExtents(
            rows: min(256, rows - row), blocks: blocks, rightPitch: step.rows * 16, targetPitch: 16, targetStride: n),
          accumulating: first + row > 0, into: target)
      }
    }
  }
}

extension ConvolutionGeometry {
  /// The first value that a tap reads of the input with its surroundings.
  fileprivate func origin(of tap: Int, in padded: PaddedImage) -> Int {
    (padded.top + tap / kernelWidth - padding) * padded.rowPitch
      + (padded.left + tap % kernelWidth - padding) * input.channels
  }
}
