package import Kernels
package import Networks
package import Randomness

/// A trained PixelCNN. Its parameters are one block, in the order of its shape.
package struct PixelCNNModel: LikelihoodModel {
  package let identity: ModelIdentity
  let shape: PixelCNNShape
  let parameters: [Float]

  /// Positions that one thread computes at once, about.
  private static let rows = 512
  /// Images that one thread draws at once.
  private static let batch = 64

  init(_ identity: ModelIdentity, _ parameters: [Float]) {
    self.identity = identity
    shape = PixelCNNShape(identity)
    self.parameters = parameters
  }
}

extension PixelCNNShape {
  init(_ identity: ModelIdentity) {
    self.init(
      space: identity.space, classes: identity.classNames.count, width: identity.capacity["width"] ?? 1,
      depth: identity.capacity["depth"] ?? 1)
  }
}

extension PixelCNNModel {
  /// Images that are computed at once.
  private var imagesAtOnce: Int { max(1, Self.rows / shape.positions) }

  package func logLikelihoods(
    _ images: LevelImages, classes: [Int], pool: ThreadPool, progress: GeneratorProgress
  ) throws -> [Double] {
    precondition(images.space == space, "images of another space")
    let work = classes.enumerated().flatMap { place, label in
      ranges(of: images.count, step: imagesAtOnce).map { (place: place, label: label, images: $0) }
    }
    let memory = PassMemory(shape, images: imagesAtOnce, threads: pool.threads)
    let results = DoubleBlock(images.count * classes.count)
    // Enough to keep the threads busy, and little enough to tell of.
    for part in ranges(of: work.count, step: 8 * pool.threads) {
      pool.run(chunks: part.count) { chunk, worker in
        let (place, label, range) = work[part.lowerBound + chunk]
        let labels = [Int](repeating: label, count: range.count)
        let sums = compute(images, range, labels[...], memory, worker)
        for (row, image) in range.enumerated() { results.base[image * classes.count + place] = sums[row] }
      }
      try progress(part.upperBound, work.count, "")
    }
    return (0..<images.count * classes.count).map { results.base[$0] }
  }

  /// ln p(x | y) in nats of each image under its own class.
  func ownLogLikelihoods(_ images: LevelImages, labels: [Int], _ pool: ThreadPool) -> [Double] {
    let work = ranges(of: images.count, step: imagesAtOnce)
    let memory = PassMemory(shape, images: imagesAtOnce, threads: pool.threads)
    let results = DoubleBlock(images.count)
    pool.run(chunks: work.count) { chunk, worker in
      let sums = compute(images, work[chunk], labels[work[chunk]], memory, worker)
      for (row, image) in work[chunk].enumerated() { results.base[image] = sums[row] }
    }
    return (0..<images.count).map { results.base[$0] }
  }

  /// ln p of every number of the images given the numbers before it in the order row, column, channel, and the class: D
  /// nats for each image, whose sum is its log-likelihood.
  package func conditionals(_ images: LevelImages, label: Int) -> [Double] {
    precondition(images.space == space, "images of another space")
    let memory = PassMemory(shape, images: imagesAtOnce, threads: 1)
    return ranges(of: images.count, step: imagesAtOnce).flatMap { range in
      let labels = [Int](repeating: label, count: range.count)
      _ = compute(images, range, labels[...], memory, 0)
      return (0..<range.count * space.dimensions).map { memory.terms[0].base[$0] }
    }
  }

  /// The nats of images, −Σ ln p(x | y), and their gradients by the tensors.
  package func gradients(_ images: LevelImages, labels: [Int]) -> (nats: Double, tensors: [String: [Float]]) {
    precondition(images.space == space, "images of another space")
    let pass = PixelCNNPass(shape, images: images.count, hasBackward: true)
    var nats = 0.0
    var gradients = [Float](repeating: 0, count: shape.parameterCount)
    images.levels.withUnsafeBufferPointer { levels in
      parameters.withUnsafeBufferPointer { parameters in
        gradients.withUnsafeMutableBufferPointer { gradients in
          guard let levels = levels.baseAddress, let parameters = parameters.baseAddress,
            let target = gradients.baseAddress
          else { return }
          let part = PassImages(levels: levels, labels: labels[...])
          pass.forward(part, parameters)
          nats = pass.backward(part, parameters, factor: 1, into: target)
        }
      }
    }
    let tensors = shape.parameters.map { ($0.name, Array(gradients[$0.offset..<$0.offset + $0.count])) }
    return (nats, Dictionary(uniqueKeysWithValues: tensors))
  }

  /// The log-likelihoods of a range of images; their terms stay in the worker's memory.
  private func compute(
    _ images: LevelImages, _ range: Range<Int>, _ labels: ArraySlice<Int>, _ memory: PassMemory, _ worker: Int
  ) -> [Double] {
    let order = space.dimensions
    let (pass, terms) = (memory.passes[worker], memory.terms[worker].base)
    images.levels.withUnsafeBufferPointer { levels in
      parameters.withUnsafeBufferPointer { parameters in
        guard let levels = levels.baseAddress, let parameters = parameters.baseAddress else { return }
        let part = PassImages(levels: levels + range.lowerBound * order, labels: labels)
        pass.forward(part, parameters)
        pass.logProbabilities(part, into: terms)
      }
    }
    return (0..<range.count).map { row in
      var sum = 0.0
      for term in 0..<order { sum += terms[row * order + term] }
      return sum
    }
  }
}

/// What each worker computes likelihoods in.
private struct PassMemory {
  let passes: [PixelCNNPass]
  let terms: [DoubleBlock]

  init(_ shape: PixelCNNShape, images: Int, threads: Int) {
    passes = (0..<threads).map { _ in PixelCNNPass(shape, images: images, hasBackward: false) }
    terms = (0..<threads).map { _ in DoubleBlock(images * shape.space.dimensions) }
  }
}

extension PixelCNNModel {
  package func sample(
    labels: [Int], first: Int, stream: RandomStream, pool: ThreadPool, progress: GeneratorProgress
  ) throws -> LevelImages {
    // No more than what keeps all threads busy.
    let batch = min(Self.batch, max(1, (labels.count + pool.threads - 1) / pool.threads))
    let work = ranges(of: labels.count, step: batch)
    let samplers = (0..<pool.threads).map { _ in PixelCNNSampler(shape, images: batch) }
    var images = LevelImages(space: space, levels: [])
    for part in ranges(of: work.count, step: pool.threads) {
      let drawn = SharedImages(count: part.count)
      pool.run(chunks: part.count) { chunk, worker in
        let range = work[part.lowerBound + chunk]
        let streams = range.map { stream.split(first + $0) }
        parameters.withUnsafeBufferPointer { parameters in
          guard let parameters = parameters.baseAddress else { return }
          drawn.set(
            chunk, samplers[worker].sample(labels: Array(labels[range]), streams: streams, parameters))
        }
      }
      images.append(LevelImages(space: space, levels: drawn.levels))
      try progress(images.count, labels.count, "")
    }
    return images
  }

  /// The same images by a whole forward pass for each number: what `sample` is compared with.
  package func sampleByWholePasses(labels: [Int], first: Int, stream: RandomStream) -> LevelImages {
    let pass = PixelCNNPass(shape, images: labels.count, hasBackward: false)
    var levels = [UInt8](repeating: 0, count: labels.count * space.dimensions)
    levels.withUnsafeMutableBufferPointer { levels in
      parameters.withUnsafeBufferPointer { parameters in
        guard let levels = levels.baseAddress, let parameters = parameters.baseAddress else { return }
        let images = PassImages(levels: levels, labels: labels[...])
        for position in 0..<shape.positions {
          var streams = labels.indices.map { stream.split(first + $0).split(position) }
          for group in shape.head.groups.indices {
            pass.forward(images, parameters)
            for image in labels.indices {
              shape.head.draw(
                group, pass.outputs(group, image: image, position: position), &streams[image],
                into: levels + image * space.dimensions + position * space.channels)
            }
          }
        }
      }
    }
    return LevelImages(space: space, levels: levels)
  }
}

extension PixelCNNModel {
  package var tensors: [String: SafeTensors.Entry] {
    Dictionary(
      uniqueKeysWithValues: shape.parameters.map { parameter in
        let values = Array(parameters[parameter.offset..<parameter.offset + parameter.count])
        return (parameter.name, SafeTensors.Entry(shape: parameter.shape, values: .float(values)))
      })
  }

  package init(_ identity: ModelIdentity, tensors: GeneratorTensors) throws {
    guard let width = identity.capacity["width"], PixelCNNFamily.widths.contains(width),
      let depth = identity.capacity["depth"], PixelCNNFamily.depths.contains(depth), identity.kind == .levels
    else {
      throw CheckpointError.damaged(path: tensors.path, detail: "its capacity is none of the family \(identity.family)")
    }
    let shape = PixelCNNShape(identity)
    let values = try shape.parameters.flatMap {
      try tensors.floats($0.name, shape: $0.shape, family: identity.family)
    }
    self.init(identity, values)
  }
}
