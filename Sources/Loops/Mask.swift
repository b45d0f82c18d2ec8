/// Which gradients a rectifier behind a normalisation lets pass: those where its result was positive.
protocol Mask {
  /// `difference` is x - mean at the same place, `at` the place and `channel` its channel.
  func apply(_ gradient: Vector, _ at: Int, _ channel: Int, _ difference: Vector) -> Vector
  func apply(_ gradient: Float, _ at: Int, _ channel: Int, _ difference: Float) -> Float
}

/// There was no rectifier.
struct NoMask: Mask {
  @inline(__always)
  func apply(_ gradient: Vector, _ at: Int, _ channel: Int, _ difference: Vector) -> Vector { gradient }
  @inline(__always)
  func apply(_ gradient: Float, _ at: Int, _ channel: Int, _ difference: Float) -> Float { gradient }
}

/// The result is there to look at.
struct OutputMask: Mask {
  let output: UnsafePointer<Stored>

  @inline(__always)
  func apply(_ gradient: Vector, _ at: Int, _ channel: Int, _ difference: Vector) -> Vector {
    Vector.zero.replacing(with: gradient, where: load(output + at) .> .zero)
  }
  @inline(__always)
  func apply(_ gradient: Float, _ at: Int, _ channel: Int, _ difference: Float) -> Float {
    read(output + at) > 0 ? gradient : 0
  }
}

/// The result was never kept: it is computed again from the normalisation's input, which costs less than to read it.
struct InputMask: Mask {
  let scale: UnsafePointer<Float>
  let beta: UnsafePointer<Float>

  @inline(__always)
  func apply(_ gradient: Vector, _ at: Int, _ channel: Int, _ difference: Vector) -> Vector {
    let output = load(beta + channel).addingProduct(difference, load(scale + channel))
    return Vector.zero.replacing(with: gradient, where: output .> .zero)
  }
  @inline(__always)
  func apply(_ gradient: Float, _ at: Int, _ channel: Int, _ difference: Float) -> Float {
    beta[channel].addingProduct(difference, scale[channel]) > 0 ? gradient : 0
  }
}
