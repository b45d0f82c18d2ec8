import Datasets
import Kernels
import Networks
import Randomness
import Support
import Testing
import Training

@Suite struct PatchWhiteningTests {
  /// Smooth coloured noise: neighbours and channels are correlated.
  private func samples(channels: Int, count: Int = 24, side: Int = 10) -> Samples {
    var stream = RandomStream(seed: 3, purpose: "test")
    var pixels: [UInt8] = []
    for _ in 0..<count {
      var last = [Int](repeating: 128, count: side * channels)
      for _ in 0..<side {
        var left = 128
        for x in 0..<side {
          let common = stream.nextInteger(below: 60)
          for channel in 0..<channels {
            let value = (2 * last[x * channels + channel] + left + common + stream.nextInteger(below: 200)) / 4
            last[x * channels + channel] = min(255, value)
            left = min(255, value)
            pixels.append(UInt8(left))
          }
        }
      }
    }
    return Samples(
      classNames: ["a", "b"], shape: Shape(height: side, width: side, channels: channels), pixels: pixels,
      labels: (0..<count).map { Int32($0 % 2) }, members: (0..<count).map(String.init),
      origin: Samples.Origin(path: "noise"))
  }

  @Test(arguments: [1, 3])
  func responsesAreUncorrelatedAndOfUnitPower(channels: Int) throws {
    let samples = samples(channels: channels)
    let normalization = Normalization.computed(from: samples)
    var recipe = Recipe()
    recipe.batchSize = samples.count
    recipe.augmentation = .none
    let job = TrainingJob(
      name: "noise", seed: 1, steps: 1, architecture: .fastResNet, recipe: recipe, samples: samples,
      normalization: normalization, fingerprint: "f")
    let trainer = try Trainer(job, on: try #require(TrainingPath.available.first).processor(threads: 1))
    let parameter = try #require(trainer.network.plan.parameters.first)
    let weights = trainer.network.parameters.read(parameter.range).map(Double.init)
    let table = normalization.table()
    let (size, filters) = (9 * channels, parameter.count / (9 * channels))
    let side = samples.shape.width
    var products = [Double](repeating: 0, count: filters * filters)
    var patches = 0
    for image in 0..<samples.count {
      let pixels = try samples.image(image).pixels
      for y in 0..<side - 2 {
        for x in 0..<side - 2 {
          let patch = (0..<size).map { place in
            let (tap, channel) = (place / channels, place % channels)
            let at = ((y + tap / 3) * side + x + tap % 3) * channels + channel
            return Double(table[channel << 8 | Int(pixels[at])])
          }
          let responses = (0..<filters).map { filter in
            patch.indices.reduce(0.0) { $0 + patch[$1] * weights[$1 * filters + filter] }
          }
          for (a, b) in zip(0..<filters * filters, 0...) {
            products[a] += responses[b / filters] * responses[b % filters]
          }
          patches += 1
        }
      }
    }
    for first in 0..<filters / 2 {
      for second in 0..<filters / 2 {
        let moment = products[first * filters + second] / Double(patches)
        // The floor under the eigenvalues makes weak directions a little weaker.
        #expect(abs(moment - (first == second ? 1 : 0)) < 0.02, "\(first), \(second): \(moment)")
      }
      for place in 0..<size {
        #expect(weights[place * filters + first] == -weights[place * filters + filters / 2 + first])
      }
    }
  }

  @Test func eigenvectorsSolveTheirEquation() {
    let size = 27
    let values = GoldenValues(seed: 8)
    var matrix = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        matrix[row * size + column] = values.irwinHall(row * size + column)
        matrix[column * size + row] = matrix[row * size + column]
      }
    }
    let system = EigenSystem(symmetric: matrix, size: size)
    for (value, vector) in zip(system.values, system.vectors) {
      for row in 0..<size {
        let product = (0..<size).reduce(0.0) { $0 + matrix[row * size + $1] * vector[$1] }
        #expect(abs(product - value * vector[row]) < 1e-12)
      }
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
      #expect((vector.max { abs($0) < abs($1) } ?? 0) > 0)
    }
    #expect(system.values == system.values.sorted(by: >))
    #expect(abs(system.values.reduce(0, +) - (0..<size).reduce(0) { $0 + matrix[$1 * size + $1] }) < 1e-12)
  }
}
