/// A rows x channels matrix whose sums are of floats within spans of rows and of doubles across them.
package struct SpanExtents: Hashable, Sendable {
  package let rows: Int
  package let channels: Int
  package let span: Int

  package init(rows: Int, channels: Int, span: Int) {
    self.rows = rows
    self.channels = channels
    self.span = span
  }
}

/// y = (x - mean) scale + beta, then max(y, 0) where `isRectified`: three vectors with one value a channel.
package struct ChannelScaling {
  package let mean: UnsafePointer<Float>
  package let scale: UnsafePointer<Float>
  package let beta: UnsafePointer<Float>
  package let isRectified: Bool

  package init(
    mean: UnsafePointer<Float>, scale: UnsafePointer<Float>, beta: UnsafePointer<Float>, isRectified: Bool
  ) {
    self.mean = mean
    self.scale = scale
    self.beta = beta
    self.isRectified = isRectified
  }
}

/// dx = scale (dz - offset - (x - mean) slope): three vectors with one value a channel.
package struct NormalizationSlope {
  package let scale: UnsafePointer<Float>
  package let offset: UnsafePointer<Float>
  package let slope: UnsafePointer<Float>

  package init(scale: UnsafePointer<Float>, offset: UnsafePointer<Float>, slope: UnsafePointer<Float>) {
    self.scale = scale
    self.offset = offset
    self.slope = slope
  }
}

/// y = (x - mean) / sqrt(variance + epsilon) scale + shift: one value of scale and shift a column.
package struct LayerScaling {
  package let scale: UnsafePointer<Float>
  package let shift: UnsafePointer<Float>
  package let epsilon: Float

  package init(scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, epsilon: Float) {
    self.scale = scale
    self.shift = shift
    self.epsilon = epsilon
  }
}

/// How the loops see where a rectifier behind a normalisation let gradients pass: where its result was positive.
package enum RectifierMask<Stored> {
  /// There was no rectifier.
  case none
  /// The result is there to look at.
  case output(UnsafePointer<Stored>)
  /// The result was never kept: it is computed again from the normalisation's input.
  case input(scale: UnsafePointer<Float>, beta: UnsafePointer<Float>)
}

/// What the backward pass of a normalisation reads.
package struct RectifiedGradient<Stored> {
  /// dy, the gradient behind the rectifier.
  package let gradient: UnsafePointer<Stored>
  package let mask: RectifierMask<Stored>
  /// x, what was normalised, and its mean.
  package let input: UnsafePointer<Stored>
  package let mean: UnsafePointer<Float>

  package init(
    gradient: UnsafePointer<Stored>, mask: RectifierMask<Stored>, input: UnsafePointer<Stored>,
    mean: UnsafePointer<Float>
  ) {
    self.gradient = gradient
    self.mask = mask
    self.input = input
    self.mean = mean
  }
}

/// Where results go, written or added.
package struct SumTarget<Stored> {
  package let place: UnsafeMutablePointer<Stored>
  package let isAccumulating: Bool

  package init(_ place: UnsafeMutablePointer<Stored>, isAccumulating: Bool) {
    self.place = place
    self.isAccumulating = isAccumulating
  }
}
