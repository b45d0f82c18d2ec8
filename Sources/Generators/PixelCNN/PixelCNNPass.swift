import Kernels

/// The forward and the backward pass of a PixelCNN over some images, on one thread, with the memory of both.
final class PixelCNNPass {
  let shape: PixelCNNShape
  private let capacity: Int
  private let arena: Arena
  private let products: RowProducts
  private let input: UnsafeMutablePointer<Float>
  private let layers: [Features]
  private let head: HeadRows
  private let patches: UnsafeMutablePointer<Float>
  private let spare: UnsafeMutablePointer<Float>
  private let gradients: Gradients?

  /// The features of a layer, for each position.
  private struct Features {
    /// Before the gates, without the bias: 2 width numbers.
    let verticalInput: UnsafeMutablePointer<Float>
    let horizontalInput: UnsafeMutablePointer<Float>
    /// After the gates: width numbers. The last layer has no vertical ones.
    let vertical: UnsafeMutablePointer<Float>
    let gated: UnsafeMutablePointer<Float>
    /// What the layer hands on.
    let horizontal: UnsafeMutablePointer<Float>
  }

  /// Memory of the backward pass.
  private struct Gradients {
    /// Of what a layer hands on, and of what comes into it: width numbers for each position.
    let vertical: [UnsafeMutablePointer<Float>]
    let horizontal: UnsafeMutablePointer<Float>
    let gated: UnsafeMutablePointer<Float>
    /// Before the gates: 2 width numbers.
    let verticalInput: UnsafeMutablePointer<Float>
    let horizontalInput: UnsafeMutablePointer<Float>
    let outputs: UnsafeMutablePointer<Float>
  }

  /// - Parameter images: the most images of a pass.
  init(_ shape: PixelCNNShape, images: Int, hasBackward: Bool) {
    self.shape = shape
    capacity = images
    let (rows, width) = (images * shape.positions, shape.width)
    let patch = shape.layers.map(\.verticalInputs).max() ?? 0
    let groups = shape.head.groups.count
    let perRow =
      shape.input.channels + shape.layers.count * 7 * width + width + groups * (width + shape.head.outputs)
      + max(patch, shape.layers.map(\.horizontalInputs).max() ?? 0) + 2 * width
    let backwardPerRow = hasBackward ? 8 * width + shape.head.outputs : 0
    arena = Arena(count: rows * (perRow + backwardPerRow))
    var next = arena.base
    func take(_ numbers: Int) -> UnsafeMutablePointer<Float> {
      defer { next += rows * numbers }
      return next
    }
    products = RowProducts(shape)
    input = take(shape.input.channels)
    layers = shape.layers.map { _ in
      Features(
        verticalInput: take(2 * width), horizontalInput: take(2 * width), vertical: take(width), gated: take(width),
        horizontal: take(width))
    }
    head = HeadRows(
      features: take(width), hidden: (0..<groups).map { _ in take(width) },
      outputs: (0..<groups).map { _ in take(shape.head.outputs) })
    patches = take(max(patch, shape.layers.map(\.horizontalInputs).max() ?? 0))
    spare = take(2 * width)
    gradients =
      hasBackward
      ? Gradients(
        vertical: [take(width), take(width)], horizontal: take(width), gated: take(width),
        verticalInput: take(2 * width), horizontalInput: take(2 * width), outputs: take(shape.head.outputs)) : nil
  }
}

/// The images of one pass, and their classes.
struct PassImages {
  /// Images of D levels.
  let levels: UnsafePointer<UInt8>
  let labels: ArraySlice<Int>

  var count: Int { labels.count }
}

extension PixelCNNPass {
  private func source(_ layer: Int, _ features: KeyPath<Features, UnsafeMutablePointer<Float>>) -> (
    UnsafeMutablePointer<Float>, Grid
  ) {
    layer == 0 ? (input, shape.input) : (layers[layer - 1][keyPath: features], shape.features)
  }

  /// Fills the outputs of the head.
  func forward(_ images: PassImages, _ parameters: UnsafePointer<Float>) {
    precondition(images.count <= capacity, "a pass has memory for \(capacity) images")
    let (rows, width, channels) = (images.count * shape.positions, shape.width, shape.space.channels)
    for row in 0..<rows { shape.encode(images.levels + row * channels, into: input + row * shape.input.channels) }
    for (index, layer) in shape.layers.enumerated() {
      let own = layers[index]
      let (above, grid) = source(index, \.vertical)
      layer.verticalTaps.gather(above, images: images.count, grid, into: patches)
      products.multiply(
        patches, rows, by: parameters + layer.vertical, shape.vertical(layer), into: own.verticalInput)
      if let bias = layer.verticalBias {
        gate(own.verticalInput, parameters + bias, images, into: own.vertical)
      }
      let (before, _) = source(index, \.horizontal)
      layer.horizontalTaps.gather(before, images: images.count, grid, into: patches)
      products.multiply(
        patches, rows, by: parameters + layer.horizontal, shape.horizontal(layer), into: own.horizontalInput)
      products.multiply(own.verticalInput, rows, by: parameters + layer.link, shape.link, into: spare)
      add(spare, count: rows * 2 * width, to: own.horizontalInput)
      gate(own.horizontalInput, parameters + layer.horizontalBias, images, into: own.gated)
      products.multiply(own.gated, rows, by: parameters + layer.output, shape.square, into: own.horizontal)
      if index > 0 { add(before, count: rows * width, to: own.horizontal) }
    }
    head.features.update(from: layers[layers.count - 1].horizontal, count: rows * width)
    rectify(head.features, count: rows * width)
    for group in shape.head.groups.indices {
      shape.forwardGroup(group, head, rows: rows, pixels: images.levels, parameters, products)
    }
  }

  private func gate(
    _ input: UnsafePointer<Float>, _ biases: UnsafePointer<Float>, _ images: PassImages,
    into output: UnsafeMutablePointer<Float>
  ) {
    let rows = GateRows(rows: shape.positions, width: shape.width)
    for (image, label) in images.labels.enumerated() {
      let row = image * shape.positions
      rows.gate(
        input + row * 2 * shape.width, bias: biases + label * 2 * shape.width, into: output + row * shape.width)
    }
  }

  /// After `forward`: ln p of each number given those before it, D numbers for each image.
  func logProbabilities(_ images: PassImages, into terms: UnsafeMutablePointer<Double>) {
    let channels = shape.space.channels
    for row in 0..<images.count * shape.positions {
      let (pixel, target) = (images.levels + row * channels, terms + row * channels)
      switch shape.head.distribution {
      case .softmax(let softmax):
        for channel in 0..<channels {
          target[channel] = softmax.logProbability(head.outputs[channel] + row * shape.head.outputs, pixel[channel])
        }
      case .logistics(let mixture):
        mixture.logProbabilities(head.outputs[0] + row * shape.head.outputs, pixel: pixel, into: target)
      }
    }
  }

  /// After `forward`: the parameters of the distribution that a group of the head gives to a position.
  func outputs(_ group: Int, image: Int, position: Int) -> UnsafePointer<Float> {
    UnsafePointer(head.outputs[group] + (image * shape.positions + position) * shape.head.outputs)
  }
}

extension PixelCNNPass {
  /// After `forward`: the nats of the images, and `factor` times their gradients by all parameters, which are written.
  func backward(
    _ images: PassImages, _ parameters: UnsafePointer<Float>, factor: Double, into target: UnsafeMutablePointer<Float>
  ) -> Double {
    guard let memory = gradients else { preconditionFailure("this pass has no memory for gradients") }
    let step = GradientStep(parameters: parameters, gradients: target, products: products)
    let (rows, width) = (images.count * shape.positions, shape.width)
    let nats = backwardHead(images, step, memory, factor)
    // What the last layer's vertical stack hands on goes nowhere.
    var (vertical, verticalBelow) = (memory.vertical[0], memory.vertical[1])
    for index in shape.layers.indices.reversed() {
      let (layer, own) = (shape.layers[index], layers[index])
      products.multiplyBackwardWeights(
        memory.horizontal, rows, rows: own.gated, shape.square, into: target + layer.output)
      products.multiplyBackward(
        memory.horizontal, rows, by: parameters + layer.output, shape.square, into: memory.gated)
      gateBackward(
        memory.gated, own.horizontalInput, layer.horizontalBias, images, step, accumulating: false,
        into: memory.horizontalInput)
      products.multiplyBackwardWeights(
        memory.horizontalInput, rows, rows: own.verticalInput, shape.link, into: target + layer.link)
      products.multiplyBackward(
        memory.horizontalInput, rows, by: parameters + layer.link, shape.link, into: memory.verticalInput)
      if let bias = layer.verticalBias {
        gateBackward(
          vertical, own.verticalInput, bias, images, step, accumulating: true, into: memory.verticalInput)
      }
      let (before, grid) = source(index, \.horizontal)
      layer.horizontalTaps.gather(before, images: images.count, grid, into: patches)
      products.multiplyBackwardWeights(
        memory.horizontalInput, rows, rows: patches, shape.horizontal(layer), into: target + layer.horizontal)
      let (above, _) = source(index, \.vertical)
      if index > 0 {
        // The shortcut's gradient is there already.
        products.multiplyBackward(
          memory.horizontalInput, rows, by: parameters + layer.horizontal, shape.horizontal(layer), into: patches)
        layer.horizontalTaps.scatter(patches, images: images.count, grid, accumulating: memory.horizontal)
      }
      layer.verticalTaps.gather(above, images: images.count, grid, into: patches)
      products.multiplyBackwardWeights(
        memory.verticalInput, rows, rows: patches, shape.vertical(layer), into: target + layer.vertical)
      if index > 0 {
        products.multiplyBackward(
          memory.verticalInput, rows, by: parameters + layer.vertical, shape.vertical(layer), into: patches)
        verticalBelow.update(repeating: 0, count: rows * width)
        layer.verticalTaps.scatter(patches, images: images.count, grid, accumulating: verticalBelow)
        swap(&vertical, &verticalBelow)
      }
    }
    return nats
  }

  private func backwardHead(
    _ images: PassImages, _ step: GradientStep, _ memory: Gradients, _ factor: Double
  ) -> Double {
    let (rows, outputs, channels) = (images.count * shape.positions, shape.head.outputs, shape.space.channels)
    memory.horizontal.update(repeating: 0, count: rows * shape.width)
    var nats = 0.0
    for group in shape.head.groups.indices {
      let found = head.outputs[group]
      for row in 0..<rows {
        let (pixel, place) = (images.levels + row * channels, memory.outputs + row * outputs)
        switch shape.head.distribution {
        case .softmax(let softmax):
          nats += softmax.gradient(found + row * outputs, level: pixel[group], factor: factor, into: place)
        case .logistics(let mixture):
          nats += mixture.gradient(found + row * outputs, pixel: pixel, factor: factor, into: place)
        }
      }
      shape.backwardGroup(
        group, head, rows: rows, pixels: images.levels, step, outputGradient: memory.outputs, scratch: memory.gated,
        accumulating: memory.horizontal)
    }
    rectifyBackward(memory.horizontal, output: head.features, count: rows * shape.width)
    return nats
  }

  private func gateBackward(
    _ gradient: UnsafePointer<Float>, _ input: UnsafePointer<Float>, _ bias: Int, _ images: PassImages,
    _ step: GradientStep, accumulating: Bool, into target: UnsafeMutablePointer<Float>
  ) {
    let (positions, width) = (shape.positions, shape.width)
    (step.gradients + bias).update(repeating: 0, count: shape.classes * 2 * width)
    let rows = GateRows(rows: positions, width: width)
    for (image, label) in images.labels.enumerated() {
      let row = image * positions
      rows.gateBackward(
        gradient + row * width, input: input + row * 2 * width, bias: step.parameters + bias + label * 2 * width,
        accumulating: accumulating, into: target + row * 2 * width,
        addingBias: step.gradients + bias + label * 2 * width)
    }
  }
}
