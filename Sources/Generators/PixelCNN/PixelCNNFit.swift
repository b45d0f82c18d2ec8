import Foundation
import Kernels
import Randomness

/// The training of a PixelCNN. Each step takes `batch` images in the order of the epoch's permutation; chunks of `chunk`
/// images are computed side by side, and their gradients are added up in the order of the chunks, so that the threads
/// change nothing.
struct PixelCNNFit {
  private static let batch = 32
  private static let chunk = 2
  /// The rate of the first step; it falls to zero as a cosine.
  private static let rate = 1e-3
  private static let mostHeldOut = 1000
  /// Seconds between two states.
  private static let pause = 60.0

  private let identity: ModelIdentity
  private let data: LabelledImages
  private let context: FitContext
  private let shape: PixelCNNShape
  /// Images that are trained on, and images that are not: a twentieth.
  private let trained: [Int]
  private let heldOut: [Int]
  private var state: PixelCNNState
  private let passes: [PixelCNNPass]
  private let gradients: Arena

  private var stepsPerEpoch: Int { (trained.count + Self.batch - 1) / Self.batch }
  private var steps: Int { stepsPerEpoch * (identity.capacity["epochs"] ?? 1) }

  init(_ identity: ModelIdentity, _ data: LabelledImages, _ context: FitContext) throws {
    self.identity = identity
    self.data = data
    self.context = context
    shape = PixelCNNShape(identity)
    let stream = RandomStream(seed: context.seed, purpose: "pixelcnn held out")
    var draws = stream
    let order = draws.permutation(of: data.images.count)
    let held = min(Self.mostHeldOut, max(1, data.images.count / 20))
    (heldOut, trained) = (order[..<held].sorted(), order[held...].sorted())
    passes = (0..<context.pool.threads).map { [shape] _ in
      PixelCNNPass(shape, images: Self.chunk, hasBackward: true)
    }
    let chunks = (min(Self.batch, trained.count) + Self.chunk - 1) / Self.chunk
    gradients = Arena(count: chunks * shape.parameterCount)
    state = try PixelCNNState.read(context.stateFile, identity, shape) ?? PixelCNNState(shape, seed: context.seed)
  }

  /// Trains to the end; returns the parameters.
  mutating func run() throws -> [Float] {
    var saved = ContinuousClock.now
    while state.adam.steps < steps {
      try step()
      let (done, place) = (state.adam.steps, state.adam.steps % stepsPerEpoch)
      if place == 0 { state.heldOut = heldOutBits() }
      do {
        try context.progress(done, steps, detail)
      } catch {
        try save()
        throw error
      }
      if ContinuousClock.now - saved > .seconds(Self.pause) {
        try save()
        saved = .now
      }
    }
    return state.parameters
  }

  private func save() throws {
    guard let path = context.stateFile else { return }
    try state.write(to: path, identity)
  }

  private var detail: String {
    func text(_ bits: Double) -> String { String(format: "%.3f", bits) }
    let training = "\(text(state.bits)) bits per dimension"
    guard let heldOut = state.heldOut else { return training }
    return "\(training), \(text(heldOut)) on images held out"
  }

  private mutating func step() throws {
    let index = state.adam.steps
    let (epoch, place) = (index / stepsPerEpoch, index % stepsPerEpoch)
    if state.order.epoch != epoch {
      var stream = RandomStream(seed: context.seed, purpose: "pixelcnn order").split(epoch)
      state.order = (epoch, stream.permutation(of: trained.count))
    }
    let first = place * Self.batch
    let images = state.order.indices[first..<min(first + Self.batch, trained.count)].map { trained[$0] }
    let nats = accumulate(images)
    let dimensions = Double(images.count * shape.space.dimensions)
    guard nats.isFinite else { throw GeneratorError.diverged(family: identity.family, step: index + 1) }
    state.bits = nats / dimensions / log(2)
    let angle = Double(index) / Double(steps) * Double.pi
    state.adam.step(&state.parameters, gradient: gradients.base, rate: Self.rate * (0.5 + 0.5 * cos(angle)))
  }

  /// The nats of the images; the mean gradient of a dimension comes to the front of `gradients`.
  private func accumulate(_ images: [Int]) -> Double {
    let batch = data.images.selecting(images)
    let labels = images.map { data.labels[$0] }
    let chunks = ranges(of: images.count, step: Self.chunk)
    let factor = 1 / Double(images.count * shape.space.dimensions)
    let nats = DoubleBlock(chunks.count)
    let count = shape.parameterCount
    batch.levels.withUnsafeBufferPointer { levels in
      state.parameters.withUnsafeBufferPointer { parameters in
        guard let levels = levels.baseAddress, let parameters = parameters.baseAddress else { return }
        context.pool.run(chunks: chunks.count) { chunk, worker in
          let range = chunks[chunk]
          let images = PassImages(
            levels: levels + range.lowerBound * shape.space.dimensions, labels: labels[range])
          passes[worker].forward(images, parameters)
          nats.base[chunk] = passes[worker].backward(
            images, parameters, factor: factor, into: gradients.base + chunk * count)
        }
      }
    }
    let step = 1 << 14
    context.pool.run(chunks: (count + step - 1) / step) { part, _ in
      let (first, length) = (part * step, min(step, count - part * step))
      for chunk in 1..<max(chunks.count, 1) {
        add(gradients.base + chunk * count + first, count: length, to: gradients.base + first)
      }
    }
    return (0..<chunks.count).reduce(0) { $0 + nats.base[$1] }
  }

  private func heldOutBits() -> Double {
    let model = PixelCNNModel(identity, state.parameters)
    let values = model.ownLogLikelihoods(
      data.images.selecting(heldOut), labels: heldOut.map { data.labels[$0] }, context.pool)
    return shape.space.bitsPerDimension(nats: values.reduce(0, +) / Double(values.count))
  }
}
