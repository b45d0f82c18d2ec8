/// The vectors of a batch normalisation (Ioffe, Szegedy 2015), one value a channel each: what one batch's pass over it
/// reads and writes. Over images and positions,
///
///     y = rectify((x - mean) · scale + beta (+ residual)),    scale = gamma / sqrt(variance + epsilon).
///
/// What you give up by using it: it owns none of its memory.
package struct BatchNormalization: @unchecked Sendable {
  package typealias Values = UnsafePointer<Float>
  package typealias Targets = UnsafeMutablePointer<Float>

  package let channels: Int
  package let rectify: Bool
  package var epsilon: Float = 1e-5
  /// How far the running statistics move towards a batch's.
  package var momentum: Float = 0.1

  package let gamma: Values
  package let beta: Values
  package let runningMean: Targets
  package let runningVariance: Targets
  /// The batch's own numbers, from `measure` until the backward pass is over.
  package let moments: Moments
  package let gradients: Gradients?

  /// mean and scale as above, and 1 / sqrt(variance + epsilon); and of the backward pass, which is
  /// dx = scale · (dz - offset - (x - mean) · slope), the offset and the slope.
  package struct Moments: @unchecked Sendable {
    package let mean: Targets
    package let inverseDeviation: Targets
    package let scale: Targets
    package let offset: Targets
    package let slope: Targets

    /// The five vectors one behind the other, each on cache lines of its own.
    package init(at base: Targets, channels: Int) {
      let pitch = Self.pitch(channels)
      mean = base
      inverseDeviation = base + pitch
      scale = base + 2 * pitch
      offset = base + 3 * pitch
      slope = base + 4 * pitch
    }

    /// The floats that the vectors take.
    package static func count(channels: Int) -> Int { 5 * pitch(channels) }

    private static func pitch(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }
  }

  package struct Gradients: @unchecked Sendable {
    package let gamma: Targets
    package let beta: Targets

    package init(gamma: Targets, beta: Targets) {
      self.gamma = gamma
      self.beta = beta
    }
  }

  package init(
    channels: Int, rectify: Bool, gamma: Values, beta: Values, runningMean: Targets, runningVariance: Targets,
    moments: Moments, gradients: Gradients? = nil
  ) {
    self.channels = channels
    self.rectify = rectify
    self.gamma = gamma
    self.beta = beta
    self.runningMean = runningMean
    self.runningVariance = runningVariance
    self.moments = moments
    self.gradients = gradients
  }
}

extension BatchNormalization {
  /// Takes over a batch's mean and squared differences to it, summed over `count` positions, and moves the running
  /// statistics: the variance towards the unbiased one, as in PyTorch; a batch of one position counts as unbiased with
  /// variance 0.
  func settle(mean: UnsafePointer<Double>, squares: UnsafePointer<Double>, count: Int) {
    let count = Double(count)
    for channel in 0..<channels {
      let inverse = 1 / (squares[channel] / count + Double(epsilon)).squareRoot()
      moments.mean[channel] = Float(mean[channel])
      moments.inverseDeviation[channel] = Float(inverse)
      moments.scale[channel] = gamma[channel] * moments.inverseDeviation[channel]
      let unbiased = squares[channel] / max(1, count - 1)
      runningMean[channel] += momentum * (moments.mean[channel] - runningMean[channel])
      runningVariance[channel] += momentum * (Float(unbiased) - runningVariance[channel])
    }
  }

  /// Takes the running statistics for the batch's, as inference does.
  package func settleOnRunningStatistics() {
    for channel in 0..<channels {
      moments.mean[channel] = runningMean[channel]
      moments.scale[channel] = Float(
        Double(gamma[channel]) / (Double(runningVariance[channel]) + Double(epsilon)).squareRoot())
    }
  }

  /// With the running statistics, which do not depend on the batch, the backward pass is dx = scale · dz.
  package func settleBackwardOnRunningStatistics() {
    moments.offset.update(repeating: 0, count: channels)
    moments.slope.update(repeating: 0, count: channels)
  }

  /// Takes over the sums over `count` positions of dz and of dz (x - mean), dz being the gradient behind the rectifier.
  func settleBackward(sums: UnsafePointer<Double>, products: UnsafePointer<Double>, count: Int) {
    guard let gradients else { return }
    let count = Double(count)
    for channel in 0..<channels {
      let inverse = Double(moments.inverseDeviation[channel])
      gradients.beta[channel] = Float(sums[channel])
      gradients.gamma[channel] = Float(products[channel] * inverse)
      moments.scale[channel] = gamma[channel] * moments.inverseDeviation[channel]
      moments.offset[channel] = Float(sums[channel] / count)
      moments.slope[channel] = Float(products[channel] * inverse * inverse / count)
    }
  }
}
