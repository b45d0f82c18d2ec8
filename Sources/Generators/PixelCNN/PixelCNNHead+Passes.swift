import Kernels

/// What a head computes for `rows` positions.
struct HeadRows {
  /// The horizontal stack after relu, rows x width.
  let features: UnsafeMutablePointer<Float>
  /// The hidden numbers of each group after relu, rows x width.
  let hidden: [UnsafeMutablePointer<Float>]
  /// The parameters of the distribution, of each group rows x outputs.
  let outputs: [UnsafeMutablePointer<Float>]
}

extension PixelCNNShape {
  /// One group for `rows` positions. `pixels` tells the levels of each row's earlier channels.
  func forwardGroup(
    _ index: Int, _ block: HeadRows, rows: Int, pixels: UnsafePointer<UInt8>, _ parameters: UnsafePointer<Float>,
    _ products: RowProducts
  ) {
    let group = head.groups[index]
    let hidden = block.hidden[index]
    products.multiply(
      block.features, rows, by: parameters + group.hidden, square, bias: parameters + group.hiddenBias, into: hidden)
    for (channel, table) in group.tables.enumerated() {
      for row in 0..<rows {
        let level = Int(pixels[row * space.channels + channel])
        add(parameters + table + level * width, count: width, to: hidden + row * width)
      }
    }
    rectify(hidden, count: rows * width)
    products.multiply(
      hidden, rows, by: parameters + group.output, output, bias: parameters + group.outputBias,
      into: block.outputs[index])
  }

  /// The gradients of one group's parameters, written, and of the features, added, from that of its outputs.
  /// `scratch` holds rows x width numbers.
  func backwardGroup(
    _ index: Int, _ block: HeadRows, rows: Int, pixels: UnsafePointer<UInt8>, _ step: GradientStep,
    outputGradient: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>,
    accumulating features: UnsafeMutablePointer<Float>
  ) {
    let group = head.groups[index]
    let (parameters, gradients, products) = (step.parameters, step.gradients, step.products)
    let hidden = block.hidden[index]
    products.multiplyBackwardWeights(
      outputGradient, rows, rows: hidden, output, into: gradients + group.output, bias: gradients + group.outputBias)
    products.multiplyBackward(outputGradient, rows, by: parameters + group.output, output, into: scratch)
    rectifyBackward(scratch, output: hidden, count: rows * width)
    products.multiplyBackwardWeights(
      scratch, rows, rows: block.features, square, into: gradients + group.hidden, bias: gradients + group.hiddenBias)
    for (channel, table) in group.tables.enumerated() {
      (gradients + table).update(repeating: 0, count: space.levels * width)
      for row in 0..<rows {
        let level = Int(pixels[row * space.channels + channel])
        add(scratch + row * width, count: width, to: gradients + table + level * width)
      }
    }
    products.multiplyBackward(
      scratch, rows, by: parameters + group.hidden, square, accumulating: true, into: features)
  }
}

/// Where a backward pass reads parameters and writes their gradients.
struct GradientStep {
  let parameters: UnsafePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  let products: RowProducts
}

/// Negative numbers become zero.
func rectify(_ values: UnsafeMutablePointer<Float>, count: Int) {
  for index in 0..<count { values[index] = max(values[index], 0) }
}

/// The gradient of `rectify` in place, from what came out of it.
func rectifyBackward(_ gradient: UnsafeMutablePointer<Float>, output: UnsafePointer<Float>, count: Int) {
  for index in 0..<count where output[index] <= 0 { gradient[index] = 0 }
}
