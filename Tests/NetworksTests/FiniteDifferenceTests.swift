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
    let pass = Executor(network, batch: 4, mode: .training, on: path.processor())
    var stream = RandomStream(seed: 8, purpose: "finite differences")
    for index in 0..<pass.input.count { pass.input.base[index] = stream.nextNormal() }
    let labels: [Int32] = [0, 1, 2, 1]
    func loss(gradient: Tensor?) -> Double {
      pass.forward()
      return labels.withUnsafeBufferPointer {
        softmaxCrossEntropy(pass.logits, labels: $0, gradient: gradient, on: pass.memory.execution)
      }
    }
    _ = loss(gradient: pass.logitsGradient)
    pass.backward()
    let gradients = Array(pass.memory.gradients.values)

    let epsilon: Float = 1e-3
    for parameter in network.plan.parameters {
      let indices = stride(from: parameter.offset, to: parameter.range.upperBound, by: max(1, parameter.count / 12))
      let scale = parameter.range.reduce(Float(0)) { max($0, abs(gradients[$1])) }
      for index in indices {
        let value = network.parameters.base[index]
        network.parameters.base[index] = value + epsilon
        let above = loss(gradient: nil)
        network.parameters.base[index] = value - epsilon
        let below = loss(gradient: nil)
        network.parameters.base[index] = value
        let slope = Float((above - below) / Double(2 * epsilon))
        // Rounding of the two losses leaves about 1e-4 in the slope, curvature and the kinks of maxima some percent.
        #expect(abs(slope - gradients[index]) < 5e-4 + 0.05 * scale, "\(parameter.name)[\(index - parameter.offset)]")
      }
    }
  }

  /// A sum's gradient is that of what was summed, until something is added to it.
  @Test func gradientsOfSumsShareMemory() throws {
    let network = Network(plan(.preActivation))
    let path = try #require(TrainingPath.available.first)
    let memory = Executor(network, batch: 4, mode: .training, on: path.processor()).memory
    let sums = network.plan.layers.filter { $0.kind == "sum" }
    #expect(sums.count == 2)
    let shared = try #require(memory.gradient(sums[1].output))
    for sum in sums {
      for input in sum.inputs { #expect(try #require(memory.gradient(input)).isAt(shared), "\(sum.name)") }
    }
    // Where the branch begins with the other input itself, the branch's share is added before its gradient is used up.
    let simple = Executor(Network(plan(.sum)), batch: 4, mode: .training, on: path.processor())
    let sum = try #require(simple.plan.layers.first { $0.kind == "sum" })
    let gradients = sum.inputs.compactMap(simple.memory.gradient)
    #expect(gradients.count == 2 && !gradients[0].isAt(gradients[1]))
  }

  /// The gradient of the images, with running statistics, against the change of the loss.
  @Test(arguments: Kind.allCases)
  func imageGradientsAgree(_ kind: Kind) throws {
    let network = Network(plan(kind))
    network.initialize(seed: 4)
    for (index, statistic) in network.plan.statistics.enumerated() {
      for place in statistic.range { network.statistics.base[place] += 0.1 * Float(index + 1) }
    }
    let path = try #require(TrainingPath.available.first)
    let pass = Executor(network, batch: 2, mode: .imageGradient, on: path.processor())
    var stream = RandomStream(seed: 9, purpose: "finite differences")
    let images = (0..<pass.input.count).map { _ in stream.nextNormal() }
    func loss(_ images: [Float], gradient: Tensor?) -> Double {
      pass.input.set(images)
      pass.forward()
      return [0, 2].withUnsafeBufferPointer {
        softmaxCrossEntropy(pass.logits, labels: $0, gradient: gradient, on: pass.memory.execution)
      }
    }
    _ = loss(images, gradient: pass.logitsGradient)
    pass.backward()
    let gradient = Array(try #require(pass.memory.gradient(pass.plan.input)).values)
    let scale = gradient.reduce(Float(0)) { max($0, abs($1)) }
    #expect(scale > 0)
    for index in stride(from: 0, to: images.count, by: 7) {
      var (above, below) = (images, images)
      above[index] += 1e-2
      below[index] -= 1e-2
      let slope = Float((loss(above, gradient: nil) - loss(below, gradient: nil)) / 2e-2)
      #expect(abs(slope - gradient[index]) < 1e-4 + 0.05 * scale, "\(index)")
    }
  }
}
