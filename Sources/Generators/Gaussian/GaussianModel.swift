import Foundation
package import Kernels
package import Randomness

/// A mixture of Gaussians for each class: one Gaussian with full covariance, one of probabilistic PCA, or several of
/// these. The parameters are single precision, as a file holds them, so that a model read again is the same model.
package struct GaussianModel: LikelihoodModel {
  package let identity: ModelIdentity
  /// For each class, the same number of components.
  let components: [[GaussianComponent]]

  /// A factor of such images takes 1.2 GB.
  static let mostDimensions = 12_288

  init(_ identity: ModelIdentity, components: [[GaussianComponent]]) {
    self.identity = identity
    self.components = components
  }
}

extension GaussianModel {
  /// Throws `GeneratorError.tooLarge` for images whose covariance would fill the memory.
  static func check(_ space: ImageSpace) throws {
    guard space.dimensions <= mostDimensions else { throw GeneratorError.tooLarge(space, most: mostDimensions) }
  }
}

/// One Gaussian of a mixture.
struct GaussianComponent: Sendable, Equatable {
  /// The share of its images, 0...1; 0 for one that lost all of them.
  var weight: Float
  /// D numbers, in levels.
  var mean: [Float]
  var covariance: Covariance

  enum Covariance: Sendable, Equatable {
    /// The lower triangle of the Cholesky factor, row by row: D (D + 1) / 2 numbers.
    case factor([Float])
    /// W Wᵀ + σ² I: W in D rows of `rank` numbers (Tipping and Bishop 1999, equation 4).
    case loadings([Float], rank: Int, variance: Float)
  }
}

extension GaussianComponent {
  /// What likelihood and sampling need; nil where the numbers of a file make no covariance.
  func factor(_ space: ImageSpace) -> GaussianFactor? {
    let order = space.dimensions
    let mean = self.mean.map(Double.init)
    switch covariance {
    case .factor(let packed):
      var lower = [Double](repeating: 0, count: order * order)
      var at = 0
      lower.withUnsafeMutableBufferPointer { lower in
        packed.withUnsafeBufferPointer { packed in
          for row in 0..<order {
            for column in 0...row { lower[row * order + column] = Double(packed[at + column]) }
            at += row + 1
          }
        }
      }
      return GaussianFactor(space: space, mean: mean, lower: lower)
    case .loadings(let values, let rank, let variance):
      let loadings = values.map(Double.init)
      var full = [Double](repeating: 0, count: order * order)
      full.withUnsafeMutableBufferPointer { full in
        loadings.withUnsafeBufferPointer { loadings in
          guard let target = full.baseAddress, let base = loadings.baseAddress else { return }
          multiply(
            DoubleMatrix(base, stride: rank), DoubleMatrix(base, stride: rank, isTransposed: true), m: order, n: order,
            k: rank, into: target, stride: order)
        }
        for row in 0..<order { full[row * order + row] += Double(variance) }
      }
      return GaussianFactor(space: space, mean: mean, covariance: full)
    }
  }
}

extension GaussianModel {
  private func factor(_ label: Int, _ component: Int) throws -> GaussianFactor {
    guard let factor = components[label][component].factor(space) else {
      throw GeneratorError.degenerate(className: classNames[label])
    }
    return factor
  }

  package func logLikelihoods(
    _ images: LevelImages, classes: [Int], pool: ThreadPool, progress: GeneratorProgress
  ) throws -> [Double] {
    precondition(images.space == space, "images of another space")
    let count = images.count
    var results = [Double](repeating: -.infinity, count: count * classes.count)
    let work = classes.enumerated().flatMap { place, label in
      components[label].indices.filter { components[label][$0].weight > 0 }.map { (place, label, $0) }
    }
    let chunks = ranges(of: count, step: GaussianFactor.rows)
    let scratch = (0..<pool.threads).map { _ in GaussianFactor.scratch(space) }
    let noise = identity.kind == .levels ? nil : (0..<pool.threads).map { _ in GaussianFactor.scratch(space) }
    let own = DoubleBlock(count)
    for (done, group) in ranges(of: work.count, step: pool.threads).enumerated() {
      // Factors are made side by side, images are then shared.
      let factors = try pool.mapThrowing(group.count) {
        try self.factor(work[group.lowerBound + $0].1, work[group.lowerBound + $0].2)
      }
      for (factor, (place, label, component)) in zip(factors, work[group]) {
        pool.run(chunks: chunks.count) { chunk, worker in
          let range = chunks[chunk]
          if let noise {
            for (row, image) in range.enumerated() {
              fillNoise(images[image], noise[worker].base + row * space.dimensions)
            }
          }
          factor.logLikelihoods(
            images, range, noise: (noise?[worker].base).map { UnsafePointer($0) }, scratch[worker],
            into: own.base + range.lowerBound)
        }
        let weight = log(Double(components[label][component].weight) / total(label))
        for image in 0..<count {
          let at = image * classes.count + place
          results[at] = logSum(results[at], own.base[image] + weight)
        }
      }
      try progress(min(work.count, (done + 1) * pool.threads), work.count, "")
    }
    return results
  }

  /// The noise of a density, in −1/2..<1/2 of a level: a function of the model's seed and the image alone, so that an
  /// image has one likelihood wherever it stands.
  private func fillNoise(_ levels: ArraySlice<UInt8>, _ target: UnsafeMutablePointer<Double>) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for level in levels { hash = (hash ^ UInt64(level)) &* 0x0000_0100_0000_01B3 }
    var stream = RandomStream(seed: identity.seed, purpose: "dequantization").split(hash)
    for column in levels.indices { target[column - levels.startIndex] = Double(stream.nextUniform()) - 0.5 }
  }

  package func sample(
    labels: [Int], first: Int, stream: RandomStream, pool: ThreadPool, progress: GeneratorProgress
  ) throws -> LevelImages {
    let order = space.dimensions
    var levels = [UInt8](repeating: 0, count: labels.count * order)
    var streams = labels.indices.map { stream.split(first + $0) }
    // The first number of an image's stream chooses its component.
    let chosen = labels.indices.map { draw(labels[$0], &streams[$0]) }
    let work = Dictionary(grouping: labels.indices) { [labels[$0], chosen[$0]] }.sorted {
      $0.key.lexicographicallyPrecedes($1.key)
    }
    let scratch = (0..<pool.threads).map { _ in GaussianFactor.scratch(space) }
    let isDiscrete = identity.kind == .levels
    var done = 0
    for group in ranges(of: work.count, step: pool.threads) {
      let factors = try pool.mapThrowing(group.count) {
        try self.factor(work[group.lowerBound + $0].key[0], work[group.lowerBound + $0].key[1])
      }
      for (factor, (_, images)) in zip(factors, work[group]) {
        let chunks = ranges(of: images.count, step: GaussianFactor.rows)
        levels.withUnsafeMutableBufferPointer { levels in
          nonisolated(unsafe) let levels = levels
          pool.run(chunks: chunks.count) { chunk, worker in
            let part = images[chunks[chunk]]
            var own = part.map { streams[$0] }
            let rows = [UInt8](unsafeUninitializedCapacity: part.count * order) { buffer, count in
              if let base = buffer.baseAddress {
                factor.sample(&own, isDiscrete: isDiscrete, scratch[worker], into: base)
              }
              count = part.count * order
            }
            for (row, image) in part.enumerated() {
              for column in 0..<order { levels[image * order + column] = rows[row * order + column] }
            }
          }
        }
        done += images.count
        try progress(done, labels.count, "")
      }
    }
    return LevelImages(space: space, levels: levels)
  }

  /// The sum of a class's weights, which rounding keeps from being exactly 1.
  private func total(_ label: Int) -> Double { components[label].reduce(0) { $0 + Double($1.weight) } }

  private func draw(_ label: Int, _ stream: inout RandomStream) -> Int {
    var rest = stream.nextPreciseUniform() * total(label)
    var last = 0
    for (index, component) in components[label].enumerated() where component.weight > 0 {
      last = index
      rest -= Double(component.weight)
      if rest < 0 { break }
    }
    return last
  }
}

/// ln(eᵃ + eᵇ).
func logSum(_ a: Double, _ b: Double) -> Double {
  let larger = max(a, b)
  guard larger > -.infinity else { return larger }
  return larger + log1p(exp(min(a, b) - larger))
}

/// Consecutive ranges of at most `step` of the indices below `count`.
func ranges(of count: Int, step: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
}
