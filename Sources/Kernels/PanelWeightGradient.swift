// The weights' gradient of layers of many weights, in two steps over many positions: both images are copied into panels
// of 16 channels, then every 16 rows of weights are multiplied for themselves. There is one set of sums for all images,
// however many threads there are.

extension ConvolutionGeometry {
  /// Whether channels fill the panels.
  var fillsPanels: Bool { input.channels % 16 == 0 && outputChannels % 16 == 0 }

  /// How many images a step takes: about 2 MB of panels, and no fewer than 128 positions.
  private var imagesPerStep: Int {
    let rows = max(128, min(4096, 524_288 / (k + outputChannels)))
    return max(1, rows / output.pixels)
  }

  fileprivate var panelSteps: (images: Int, rows: Int) { (imagesPerStep, imagesPerStep * output.pixels) }

  /// The scratch of the weights' gradient in panels.
  var panelGradientScratch: ScratchSize {
    guard fillsPanels else { return ScratchSize() }
    return ScratchSize(perWorker: paddedInput.count, shared: panelSteps.rows * (k + outputChannels))
  }
}

func convolveBackwardWeightsInPanels(
  _ outputGradient: Tensor, input: Tensor, into weightGradient: UnsafeMutablePointer<Float>,
  geometry: ConvolutionGeometry, on execution: Execution
) {
  let table = execution.table
  let (k, n, pixels) = (geometry.k, geometry.outputChannels, geometry.output.pixels)
  let step = geometry.panelSteps
  let left = execution.scratch.shared(step.rows * (k + n))
  let right = left + step.rows * k
  let panels = (left: k / 16, right: n / 16)
  let span = 16
  let spans = (panels.right + span - 1) / span
  for first in stride(from: 0, to: input.images, by: step.images) {
    let images = min(step.images, input.images - first)
    execution.pool.run(chunks: images) { place, worker in
      let padded = geometry.paddedInput
      let source = padded.prepare(
        input.base + (first + place) * input.shape.count, in: execution.scratch.worker(worker, padded.count), table)
      let row = place * pixels
      geometry.copyRows(source, padded, into: left + row * 16, pitch: step.rows * 16, table)
      table.copyRows(
        outputGradient.base + (first + place) * pixels * n, n, 0, pixels, 1, n, right + row * 16, step.rows * 16)
    }
    let rows = images * pixels
    execution.pool.run(chunks: panels.left * spans) { chunk, _ in
      let (panel, block) = (chunk / spans, chunk % spans * span)
      let blocks = min(span, panels.right - block)
      let target = weightGradient + panel * 16 * n + block * 16
      if first == 0 { for row in 0..<16 { (target + row * n).update(repeating: 0, count: blocks * 16) } }
      for row in stride(from: 0, to: rows, by: 256) {
        table.addOuterProducts(
          left + (panel * step.rows + row) * 16, right + (block * step.rows + row) * 16, step.rows * 16,
          min(256, rows - row), blocks, target, 16, n)
      }
    }
  }
}

extension ConvolutionGeometry {
  /// Copies what each tap meets at all positions of a padded image, panel by panel of 16 channels.
  fileprivate func copyRows(
    _ source: UnsafePointer<Float>, _ padded: PaddedImage, into target: UnsafeMutablePointer<Float>, pitch: Int,
    _ table: KernelTable
  ) {
    for tap in 0..<kernelHeight * kernelWidth {
      let corner = source + tap / kernelWidth * padded.rowPitch + tap % kernelWidth * input.channels
      table.copyRows(
        corner, stride * input.channels, stride * padded.rowPitch, output.width, output.height, input.channels,
        target + tap * input.channels / 16 * pitch, pitch)
    }
  }
}
