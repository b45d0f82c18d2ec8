package import Datasets
internal import Kernels
internal import Networks
internal import Randomness

/// Images that are nothing but look perfect to one classifier: noise, moved by small steps in the direction in which one
/// class becomes more likely, image i towards class i of all classes in turn.
///
/// Barratt and Sharma 2018 ("A Note on the Inception Score", appendix, algorithm 1): the Inception Score of such images
/// comes close to the number of classes. The images are rounded to bytes at the end, so that they are images like others.
package struct ScoreAttack: Codable, Equatable, Sendable {
  package var images = 1000
  package var iterations = 100
  /// What a step changes each value of a pixel by, as a share of the whole range; the paper takes 0.001.
  package var step = 0.001
  package var seed: UInt64 = 0

  package init() {}

  /// The noise and what the attack has made of it.
  package struct Result: Sendable {
    package let noise: Samples
    package let attacked: Samples
  }
}

extension ScoreAttack {
  private static let batch = 50

  /// - Throws: `Interrupted`; `UsageError` for an extractor that was not trained here.
  package func run(
    on extractor: FeatureExtractor, classNames: [String], machine: Machine, events: RunEvents
  ) throws -> Result {
    guard case .none = extractor.preparation.sizing, extractor.network.plan.isTrainable,
      extractor.classes == classNames.count
    else {
      throw UsageError.foreignClassifier
    }
    precondition(machine.processor.format == .fp32, "the images' gradient is computed in fp32")
    let shape = extractor.network.plan.input.shape
    let stream = RandomStream(seed: seed, purpose: "attack")
    let engine = AttackEngine(extractor, batch: min(Self.batch, images), machine: machine)
    var (noise, attacked): ([UInt8], [UInt8]) = ([], [])
    try events.stage("Attacking the classifier", images * iterations, "steps") {
      for first in stride(from: 0, to: images, by: engine.batch) {
        let places = first..<min(images, first + engine.batch)
        var values: [Float] = []
        for image in places {
          var own = stream.split(image)
          for _ in 0..<shape.count { values.append(own.nextUniform()) }
        }
        noise += values.map(Self.byte)
        let targets = places.map { Int32($0 % classNames.count) }
        for iteration in 0..<iterations {
          engine.step(&values, towards: targets, by: Float(step))
          events.advanced(first * iterations + (iteration + 1) * places.count, "")
          if events.shouldStop() { throw Interrupted() }
        }
        attacked += values.map(Self.byte)
      }
    }
    func samples(_ pixels: [UInt8], _ path: String) -> Samples {
      Samples(
        classNames: classNames, shape: shape, pixels: pixels,
        labels: (0..<images).map { Int32($0 % classNames.count) }, members: (0..<images).map(String.init),
        origin: Samples.Origin(path: path))
    }
    return Result(noise: samples(noise, "noise"), attacked: samples(attacked, "attack"))
  }

  private static func byte(_ value: Float) -> UInt8 { UInt8((value * 255).rounded()) }
}

/// The classifier laid out for gradients of its images.
private struct AttackEngine {
  let batch: Int
  private let extractor: FeatureExtractor
  private let pass: any Executor

  init(_ extractor: FeatureExtractor, batch: Int, machine: Machine) {
    self.batch = batch
    self.extractor = extractor
    pass = machine.backend.executor(extractor.network, batch: batch, mode: .imageGradient)
  }

  /// Moves images, values of 0 to 1, by the sign of the gradient of their target's log-probability.
  func step(_ values: inout [Float], towards targets: [Int32], by step: Float) {
    let shape = pass.program.input.shape
    pass.fill { input in
      for image in targets.indices {
        extractor.preparation.prepare(
          unit: values[image * shape.count..<(image + 1) * shape.count], into: input.base + image * shape.count,
          channels: shape.channels)
      }
    }
    pass.forward()
    // Places behind the last image take part with any label; nobody reads their gradients.
    let labels = targets + [Int32](repeating: 0, count: batch - targets.count)
    _ = pass.loss(labels)
    pass.backward()
    guard let gradient = pass.program.inputGradient else {
      preconditionFailure("this executor computes the images' gradient")
    }
    pass.withValues(of: gradient) { slopes in
      for (place, slope) in slopes.prefix(values.count).enumerated() {
        // Less loss is where the gradient does not point.
        let change: Float = slope > 0 ? -step : slope < 0 ? step : 0
        values[place] = min(max(values[place] + change, 0), 1)
      }
    }
  }
}
