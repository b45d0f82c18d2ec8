package import Kernels

extension Operation {
  /// The working memory that the kernel asks for at this batch size.
  package func scratch(batch: Int) -> ScratchSize {
    switch kernel {
    case .convolve(let one): convolutionScratch(one.geometry, batch: batch, format: one.output.format)
    case .convolveBackwardWeights(let one):
      convolutionScratch(one.geometry, batch: batch, format: one.outputGradient.format)
    case .convolveBackwardData(let one):
      convolutionScratch(one.geometry, batch: batch, format: one.outputGradient.format)
    case .measureMoments(let one): normalizationScratch(one.input.shape, batch: batch)
    case .sumGradients(let one): normalizationScratch(one.gradient.shape, batch: batch)
    case .add(let one): one.measured == nil ? ScratchSize() : normalizationScratch(one.output.shape, batch: batch)
    case .multiplyLinear(let one): linearScratch(one.geometry)
    case .multiplyLinearBackwardWeights(let one): linearScratch(one.geometry)
    case .multiplyLinearBackwardData(let one): linearScratch(one.geometry)
    case .attend(let one): attentionScratch(one.maps.input.shape)
    default: ScratchSize()
    }
  }
}

extension Program {
  /// What every operation and the loss can work with.
  package func scratch(batch: Int) -> ScratchSize {
    (forward + backward).reduce(lossScratch(classes: logits.shape.count, batch: batch)) {
      $0.union($1.scratch(batch: batch))
    }
  }
}
