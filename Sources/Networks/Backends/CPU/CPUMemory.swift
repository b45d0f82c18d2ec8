internal import Kernels

/// The arenas of a program, and what its places are in them.
struct CPUMemory {
  let parameters: Arena
  let statistics: Arena
  let gradients: Arena
  private let moments: Arena
  private let features: Arena
  private let featureGradients: Arena
  private let layout: Layout
  private let batch: Int

  init(_ program: Program, network: Network, batch: Int) {
    self.batch = batch
    layout = Layout(program, batch: batch)
    parameters = Arena.of(network.parameters)
    statistics = Arena.of(network.statistics)
    gradients = Arena(count: program.mode == .training ? program.parameterCount : 0)
    moments = Arena(count: program.momentCount)
    features = Arena(count: layout.featureBytes / MemoryLayout<Float>.stride)
    featureGradients = Arena(count: layout.gradientBytes / MemoryLayout<Float>.stride)
  }
}

extension CPUMemory {
  func tensor(_ place: Place) -> Tensor {
    precondition(place.slot != nil, "only what belongs to images is a tensor")
    return arena(place.arena).tensor(
      atByte: layout.offset(of: place), place.format, images: batch, shape: place.shape)
  }

  func vector(_ place: Place) -> UnsafeMutablePointer<Float> {
    let arena = arena(place.arena)
    precondition(place.slot == nil && place.range.upperBound <= arena.count, "the place lies outside of its arena")
    return arena.base + place.offset
  }

  private func arena(_ arena: Place.Arena) -> Arena {
    switch arena {
    case .parameters: parameters
    case .statistics: statistics
    case .gradients: gradients
    case .moments: moments
    case .features: features
    case .featureGradients: featureGradients
    }
  }

  func normalization(_ vectors: NormalizationVectors) -> BatchNormalization {
    var normalization = BatchNormalization(
      channels: vectors.channels, rectify: vectors.rectify, gamma: vector(vectors.gamma), beta: vector(vectors.beta),
      runningMean: vector(vectors.runningMean), runningVariance: vector(vectors.runningVariance),
      moments: BatchNormalization.Moments(at: vector(vectors.moments), channels: vectors.channels),
      gradients: vectors.gradients.map {
        BatchNormalization.Gradients(gamma: vector($0.gamma), beta: vector($0.beta))
      })
    normalization.epsilon = vectors.epsilon
    normalization.momentum = vectors.momentum
    return normalization
  }

  func gradient(
    _ step: NormalizationStep, of gradient: Place, residual: GradientTarget? = nil
  ) -> NormalizationGradient {
    NormalizationGradient(
      normalization(step.vectors), gradient: tensor(gradient), input: tensor(step.input),
      output: step.output.map(tensor), residual: (residual?.place).map(tensor),
      residualAccumulating: residual?.accumulates ?? false)
  }
}
