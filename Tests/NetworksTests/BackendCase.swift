import Kernels
import Networks
import Randomness
import Support

/// A small network that both backends compute, with numbers drawn for all that a network has.
struct BackendCase: Sendable, CustomStringConvertible {
  let description: String
  let plan: Plan
  let batch: Int

  /// - Parameter layers: appends layers to the plan, whose input is odd, and returns the last one's output.
  private init(
    _ name: String, batch: Int = 3, height: Int = 7, width: Int = 9, channels: Int = 3, keepsAll: Bool = false,
    _ layers: (inout Plan, Slot) -> Slot
  ) {
    var plan = Plan(input: Shape(height: height, width: width, channels: channels))
    let last = layers(&plan, plan.input)
    _ = plan.linear(last, "linear", outputs: 5, factor: 0.5)
    if keepsAll { for slot in plan.layers.map(\.output).dropLast() { plan.keep(slot) } }
    (description, self.plan, self.batch) = (name, plan, batch)
  }

  private init(_ name: String, _ architecture: Architecture, batch: Int, height: Int, width: Int) {
    plan = architecture.plan(input: Shape(height: height, width: width, channels: 3), classes: 7)
    (description, self.batch) = (name, batch)
  }
}

extension BackendCase {
  /// Every layer that can be trained, in the neighbourhoods in which something is fused, and in those in which it must not.
  static let layers = [
    BackendCase("convolutions") { plan, x in
      let x = plan.convolution(x, "wide", channels: 5, kernel: 5)
      let y = plan.convolution(x, "strided", channels: 17, stride: 2)
      return plan.globalAverage(plan.convolution(y, "point", channels: 6, kernel: 1, stride: 2))
    },
    BackendCase("linear", height: 3, width: 2) { plan, x in plan.convolution(x, "conv", channels: 4) },
    BackendCase("normalisations") { plan, x in
      let x = plan.normalization(plan.convolution(x, "conv1", channels: 16), "bn1", rectify: false)
      let y = plan.normalization(plan.convolution(x, "conv2", channels: 16), "bn2")
      return plan.globalAverage(plan.normalization(plan.convolution(y, "conv3", channels: 16), "bn3", rectify: false))
    },
    BackendCase("normalisations of one map") { plan, x in
      let x = plan.convolution(x, "conv", channels: 6)
      let (first, second) = (plan.normalization(x, "bn1"), plan.normalization(x, "bn2", rectify: false))
      return plan.globalAverage(plan.sum(first, second, "sum"))
    },
    BackendCase("residual blocks") { plan, x in
      let x = plan.normalization(plan.convolution(x, "conv", channels: 8), "bn")
      let y = plan.normalization(plan.convolution(x, "conv1", channels: 8), "bn1", adding: x)
      let z = plan.normalization(plan.convolution(y, "conv2", channels: 8), "bn2", adding: y, rectify: false)
      return plan.globalAverage(plan.maxPooling(z, "pool", kernel: 2, stride: 2, padding: 0))
    },
    BackendCase("a residual that is made later") { plan, x in
      let x = plan.convolution(x, "conv", channels: 8)
      let main = plan.convolution(x, "main", channels: 8)
      let residual = plan.normalization(plan.convolution(x, "side", channels: 8, kernel: 1), "bn1", rectify: false)
      return plan.globalAverage(plan.normalization(main, "bn2", adding: residual))
    },
    BackendCase("a residual that others read") { plan, x in
      let x = plan.convolution(x, "conv", channels: 8)
      let y = plan.normalization(plan.convolution(x, "conv1", channels: 8), "bn1", adding: x)
      return plan.globalAverage(plan.sum(y, plan.convolution(x, "conv2", channels: 8), "sum"))
    },
    BackendCase("fixed filters") { plan, x in
      let x = plan.convolution(x, "fixed", channels: 6, initial: .whitening, rate: 0)
      let y = plan.normalization(x, "bn1")
      return plan.globalAverage(plan.normalization(plan.convolution(y, "conv", channels: 6), "bn2", adding: y))
    },
    BackendCase("sums") { plan, x in
      let x = plan.convolution(x, "conv", channels: 6)
      let inner = plan.sum(x, plan.convolution(x, "conv1", channels: 6), "inner")
      let twice = plan.sum(inner, inner, "twice")
      return plan.globalAverage(plan.sum(plan.sum(twice, x, "outer"), inner, "last"))
    },
    BackendCase("activations before convolutions") { plan, x in
      var x = plan.convolution(x, "conv", channels: 6)
      for index in 0..<2 {
        let y = plan.convolution(plan.normalization(x, "bn\(index)"), "conv\(index)", channels: 6)
        x = plan.sum(y, x, "sum\(index)")
      }
      return plan.globalAverage(plan.normalization(x, "bn", rectify: false))
    },
    BackendCase("padded shortcuts") { plan, x in
      let x = plan.convolution(x, "conv", channels: 5)
      let y = plan.convolution(x, "conv1", channels: 11, stride: 2)
      return plan.globalAverage(
        plan.normalization(y, "bn", adding: plan.paddedShortcut(x, "shortcut", channels: 11, stride: 2)))
    },
    BackendCase("maxima") { plan, x in
      let x = plan.normalization(plan.convolution(x, "conv", channels: 6), "bn1")
      let y = plan.maxPooling(x, "pool1", kernel: 3, stride: 2, padding: 1)
      let z = plan.normalization(plan.convolution(y, "conv1", channels: 6), "bn2", adding: y)
      return plan.globalAverage(plan.maxPooling(z, "pool2", kernel: 2, stride: 1, padding: 0))
    },
    BackendCase("two heads") { plan, x in
      let x = plan.convolution(x, "conv", channels: 6)
      let mean = plan.sum(plan.globalAverage(x, "mean1"), plan.globalAverage(x, "mean2"), "means")
      return plan.sum(plan.linear(mean, "linear1", outputs: 4), plan.linear(mean, "linear2", outputs: 4), "heads")
    },
    BackendCase("two readers of one map") { plan, x in
      let x = plan.normalization(plan.convolution(x, "conv", channels: 6), "bn")
      let shortcut = plan.paddedShortcut(x, "shortcut", channels: 6, stride: 1)
      let pooled = plan.maxPooling(x, "pool", kernel: 3, stride: 1, padding: 1)
      let y = plan.sum(plan.convolution(x, "conv1", channels: 6), pooled, "sum")
      return plan.globalAverage(plan.sum(y, shortcut, "last"))
    },
  ]

  /// Layers of networks that only look at images.
  static let extractors = [
    BackendCase("mobile") { plan, x in
      var x = plan.sameConvolution(x, "stem", channels: 8, kernel: 3, stride: 2)
      for (index, function) in ActivationFunction.allCases.enumerated() {
        x = plan.depthwise(x, "depthwise\(index)", kernel: index % 2 == 0 ? 3 : 5, stride: index == 0 ? 2 : 1)
        x = plan.normalization(x, "bn\(index)", rectify: false, epsilon: 1e-3)
        x = index % 2 == 0 ? plan.activation(x, "act\(index)", function) : plan.bias(x, "act\(index)", then: function)
      }
      return plan.globalAverage(x)
    },
    BackendCase("inception", keepsAll: true) { plan, x in
      let narrow = plan.convolution(x, "squeeze", channels: 4, kernel: (height: 1, width: 5))
      let one = plan.averagePooling(narrow, "mean", kernel: 3, stride: 1, padding: 1, countsPadding: true)
      let two = plan.averagePooling(narrow, "inside", kernel: 3, stride: 1, padding: 1, countsPadding: false)
      let both = plan.concatenation([one, narrow, two], "together")
      return plan.globalAverage(plan.zeroPadding(both, "frame", rows: (1, 0), columns: (2, 3)))
    },
    BackendCase("transformer", height: 6, width: 4) { plan, x in
      var x = plan.convolution(x, "patches", channels: 12, kernel: 2, stride: 2, padding: 0)
      let first = plan.parameter("first", .vector(12), .weight, .constant(0))
      let places = plan.parameter("places", .table(rows: x.shape.pixels + 1, columns: 12), .weight, .constant(0))
      x = plan.tokens(x, "tokens", first: first, positions: places)
      let y = plan.positionwise(plan.layerNormalization(x, "ln1", epsilon: 1e-5), "qkv", outputs: 36)
      x = plan.sum(x, plan.channelScale(plan.attention(y, "attention", heads: 3), "scale"), "sum")
      return plan.layerNormalization(plan.firstPosition(x, "class"), "ln2", epsilon: 1e-6)
    },
  ]

  /// The families that are trained, as small as they come.
  static let networks = [
    BackendCase("resnet8", .cifarResNet(depth: 8, shortcut: .padded), batch: 2, height: 8, width: 8),
    BackendCase("resnet8-b", .cifarResNet(depth: 8, shortcut: .projected), batch: 3, height: 5, width: 7),
    BackendCase("wrn-10-1", .wideResNet(depth: 10, width: 1), batch: 2, height: 8, width: 6),
    BackendCase("resnet8-fast", .fastResNet, batch: 8, height: 4, width: 4),
    BackendCase("bottlenecks", batch: 2, height: 24, width: 20) { plan, x in
      // ImageNet's stem and blocks at an eighth of their width.
      var x = plan.normalization(plan.convolution(x, "conv1", channels: 8, kernel: 7, stride: 2), "bn1")
      x = plan.maxPooling(x, "maxpool", kernel: 3, stride: 2, padding: 1)
      for (index, width) in [8, 8, 16].enumerated() {
        let stride = index == 2 ? 2 : 1
        var y = plan.normalization(plan.convolution(x, "\(index).conv1", channels: width, kernel: 1), "\(index).bn1")
        y = plan.normalization(plan.convolution(y, "\(index).conv2", channels: width, stride: stride), "\(index).bn2")
        y = plan.convolution(y, "\(index).conv3", channels: 4 * width, kernel: 1)
        if x.shape != y.shape {
          x = plan.convolution(x, "\(index).downsample.0", channels: 4 * width, kernel: 1, stride: stride)
          x = plan.normalization(x, "\(index).downsample.1", rectify: false)
        }
        x = plan.normalization(y, "\(index).bn3", adding: x)
      }
      return plan.globalAverage(x)
    },
  ]
}

/// What a network comes to on a backend, by name.
typealias BackendResults = [String: [Float]]

extension BackendCase {
  /// Forward, loss, backward, update and moving average in training, `steps` times; the first two in inference.
  func results(
    _ mode: Mode, rules: [FusionRule]?, on backend: any Backend, steps: Int = 2,
    then look: (any Executor) -> Void = { _ in }
  ) -> BackendResults {
    let network = network(on: backend)
    let average = network.copy(on: backend)
    let velocities = backend.store(count: plan.parameterCount)
    let executor = backend.executor(network, batch: batch, mode: mode, rules: rules)
    var stream = RandomStream(seed: 5, purpose: "images")
    var results: BackendResults = [:]
    for step in 0..<(mode == .training ? steps : 1) {
      executor.fill { images in for index in 0..<images.count { images.base[index] = stream.nextNormal() } }
      executor.forward()
      results["logits \(step)"] = executor.logits
      for place in executor.program.kept {
        results["kept \(place.slot ?? -1)"] = executor.withValues(of: place, Array.init)
      }
      let loss = loss(executor, isDifferentiated: mode != .inference)
      results["loss \(step)"] = [Float(loss)]
      guard mode != .inference else { continue }
      executor.backward()
      if let place = executor.program.inputGradient {
        results["images' gradient"] = executor.withValues(of: place, Array.init)
      }
      guard mode == .training else { continue }
      results.merge(named(executor.gradients.contents, "gradient \(step) of ")) { $1 }
      update(executor, velocities, network)
      executor.average(network.parameters, into: average.parameters, decay: 0.9)
    }
    var probabilities = [Float](repeating: 0, count: executor.logits.count)
    probabilities.withUnsafeMutableBufferPointer { executor.softmax(into: $0) }
    results["probabilities"] = probabilities
    results.merge(named(network.parameters.contents, "")) { $1 }
    results.merge(named(average.parameters.contents, "average of ")) { $1 }
    for statistic in plan.statistics { results[statistic.name] = network.statistics.read(statistic.range) }
    look(executor)
    return results
  }

  private func network(on backend: any Backend) -> Network {
    let network = Network(plan, on: backend)
    network.initialize(seed: 3)
    var stream = RandomStream(seed: 4, purpose: "parameters")
    network.parameters.write(network.parameters.contents.map { $0 + 0.2 * stream.nextNormal() }, at: 0)
    network.statistics.write(network.statistics.contents.map { $0 + 0.5 * stream.nextUniform() }, at: 0)
    return network
  }

  private func loss(_ executor: any Executor, isDifferentiated: Bool) -> Double {
    let classes = plan.output.shape.count
    let first = (0..<batch).map { Int32($0 % classes) }
    return first.withUnsafeBufferPointer { first in
      first.reversed().withUnsafeBufferPointer { second in
        executor.loss(
          MixedLabels(first: first, second: second, share: 0.7), smoothing: 0.1, isDifferentiated: isDifferentiated)
      }
    }
  }

  /// The first half of the parameters with weight decay, the rest without and by Nesterov's rule.
  private func update(_ executor: any Executor, _ velocities: any Store, _ network: Network) {
    let middle = plan.parameterCount / 32 * 16
    executor.sgdStep(
      velocities: velocities, range: 0..<middle,
      step: SGDStep(learningRate: 0.05, momentum: 0.9, weightDecay: 5e-2, nesterov: false))
    executor.sgdStep(
      velocities: velocities, range: middle..<plan.parameterCount,
      step: SGDStep(learningRate: 0.03, momentum: 0.8, weightDecay: 0, nesterov: true))
  }

  private func named(_ values: [Float], _ prefix: String) -> BackendResults {
    Dictionary(uniqueKeysWithValues: plan.parameters.map { (prefix + $0.name, Array(values[$0.range])) })
  }
}
