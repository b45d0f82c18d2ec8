import Kernels
import Networks
import Randomness
import Support
import Testing

/// Every kind of layer in a small network: the loss's gradient by each parameter against the change of the loss.
@Suite struct FiniteDifferenceTests {
  enum Kind: String, CaseIterable, Sendable {
    case convolution, stridedConvolution, pointwiseConvolution, normalization, rectifiedNormalization
    case residualNormalization, maxPooling, paddedShortcut, sum, sharedInput, preActivation
  }

  /// A convolution before the layer makes its input gradient visible; average and linear layer come after it.
  private func plan(_ kind: Kind) -> Plan {
    var plan = Plan(input: Shape(height: 6, width: 8, channels: 3))
    let x = plan.convolution(plan.input, "before", channels: 4)
    var y: Slot
    switch kind {
    case .convolution: y = plan.convolution(x, "layer", channels: 5)
    case .stridedConvolution: y = plan.convolution(x, "layer", channels: 5, stride: 2)
    case .pointwiseConvolution: y = plan.convolution(x, "layer", channels: 16, kernel: 1)
    case .normalization: y = plan.normalization(x, "layer", rectify: false)
    case .rectifiedNormalization: y = plan.normalization(x, "layer")
    case .residualNormalization:
      y = plan.normalization(plan.convolution(x, "branch", channels: 4), "layer", adding: x, rectify: false)
    case .maxPooling: y = plan.maxPooling(x, "layer", kernel: 3, stride: 2, padding: 1)
    case .paddedShortcut: y = plan.paddedShortcut(x, "layer", channels: 10, stride: 2)
    case .sum: y = plan.sum(x, plan.convolution(x, "branch", channels: 4), "layer")
    case .sharedInput:
      let first = plan.convolution(x, "first", channels: 4)
      let second = plan.normalization(x, "second", rectify: false)
      y = plan.sum(plan.sum(first, second, "inner"), x, "layer")
    case .preActivation:
      y = x
      for index in 0..<2 {
        let branch = plan.convolution(plan.normalization(y, "bn\(index)"), "branch\(index)", channels: 4)
        y = plan.sum(branch, y, "sum\(index)")
      }
    }
    // A second convolution, because the average alone would hide where a gradient comes from.
    y = plan.convolution(y, "after", channels: 4)
    _ = plan.linear(plan.globalAverage(y), "linear", outputs: 3)
    return plan
  }

  @Test(arguments: Kind.allCases)
  func gradientsAgree(_ kind: Kind) throws {
    let network = Network(plan(kind))
    network.initialize(seed: 4)
    let path = try #require(TrainingPath.available.first)
    let pass = path.processor().executor(network, batch: 4, mode: .training)
    var stream = RandomStream(seed: 8, purpose: "finite differences")
    pass.fill { for index in 0..<$0.count { $0.base[index] = stream.nextNormal() } }
    func loss(isDifferentiated: Bool = false) -> Double {
      pass.forward()
      return pass.loss([0, 1, 2, 1], isDifferentiated: isDifferentiated)
    }
    _ = loss(isDifferentiated: true)
    pass.backward()
    let gradients = pass.gradients.contents

    let epsilon: Float = 1e-3
    for parameter in network.plan.parameters {
      let indices = stride(from: parameter.offset, to: parameter.range.upperBound, by: max(1, parameter.count / 12))
      let scale = parameter.range.reduce(Float(0)) { max($0, abs(gradients[$1])) }
      for index in indices {
        let value = network.parameters.read(index..<index + 1)[0]
        network.parameters.write([value + epsilon], at: index)
        let above = loss()
        network.parameters.write([value - epsilon], at: index)
        let below = loss()
        network.parameters.write([value], at: index)
        let slope = Float((above - below) / Double(2 * epsilon))
        // Rounding of the two losses leaves about 1e-4 in the slope, curvature and the kinks of maxima some percent.
        #expect(abs(slope - gradients[index]) < 5e-4 + 0.05 * scale, "\(parameter.name)[\(index - parameter.offset)]")
      }
    }
  }

  /// A sum's gradient is that of what was summed, until something is added to it.
  @Test func gradientsOfSumsShareMemory() throws {
    func copies(_ kind: Kind) -> Int {
      Program(plan(kind), mode: .training, format: .fp32).backward.count {
        if case .addBackward = $0.kernel { true } else { false }
      }
    }
    #expect(copies(.preActivation) == 0)
    // Where the branch begins with the other input itself, the branch's share is added before its gradient is used up.
    #expect(copies(.sum) == 1)
  }

  /// The gradient of the images, with running statistics, against the change of the loss.
  @Test(arguments: Kind.allCases)
  func imageGradientsAgree(_ kind: Kind) throws {
    let network = Network(plan(kind))
    network.initialize(seed: 4)
    for (index, statistic) in network.plan.statistics.enumerated() {
      let moved = network.statistics.read(statistic.range).map { $0 + 0.1 * Float(index + 1) }
      network.statistics.write(moved, at: statistic.offset)
    }
    let path = try #require(TrainingPath.available.first)
    let pass = path.processor().executor(network, batch: 2, mode: .imageGradient)
    var stream = RandomStream(seed: 9, purpose: "finite differences")
    let images = (0..<2 * pass.program.input.shape.count).map { _ in stream.nextNormal() }
    func loss(_ images: [Float], isDifferentiated: Bool = false) -> Double {
      pass.fill { $0.set(images) }
      pass.forward()
      return pass.loss([0, 2], isDifferentiated: isDifferentiated)
    }
    _ = loss(images, isDifferentiated: true)
    pass.backward()
    let gradient = pass.withValues(of: try #require(pass.program.inputGradient), Array.init)
    let scale = gradient.reduce(Float(0)) { max($0, abs($1)) }
    #expect(scale > 0)
    for index in stride(from: 0, to: images.count, by: 7) {
      var (above, below) = (images, images)
      above[index] += 1e-2
      below[index] -= 1e-2
      let slope = Float((loss(above) - loss(below)) / 2e-2)
      #expect(abs(slope - gradient[index]) < 1e-4 + 0.05 * scale, "\(index)")
    }
  }
}
