package import Kernels

/// A place for one feature map per image in memory that does not exist yet.
package struct Slot: Hashable, Sendable {
  package let index: Int
  package let shape: Shape
  /// Whether its values are floats whatever the format of feature maps: the classifier's, which are few.
  package let isAlwaysFloat: Bool

  /// The format of its values where feature maps have the format `format`.
  package func format(_ format: NumberFormat) -> NumberFormat { isAlwaysFloat ? .fp32 : format }
}

/// A network as an immutable list of layers over slots, written like the table in a paper:
///
///     var plan = Plan(input: Shape(height: 32, width: 32, channels: 3))
///     var x = plan.convolution(plan.input, "conv1", channels: 16)
///     x = plan.normalization(x, "bn1")
///     x = plan.globalAverage(x)
///     plan.linear(x, "fc", outputs: 10)
///
/// Layers describe, arenas remember, kernels compute: a plan holds no number that training changes.
package struct Plan: Sendable {
  package let input: Slot
  package private(set) var layers: [any Layer] = []
  package private(set) var slots: [Slot]
  package private(set) var parameters: [Parameter] = []
  package private(set) var statistics: [Statistic] = []
  /// Floats that the parameters, the running statistics and the saved batch moments take.
  package private(set) var parameterCount = 0
  package private(set) var statisticCount = 0
  package private(set) var momentCount = 0
  /// Slots besides the output whose values are there after a forward pass for inference.
  package private(set) var kept: [Slot] = []

  package init(input: Shape) {
    precondition(input.count > 0, "a network's input has at least one value")
    self.input = Slot(index: 0, shape: input, isAlwaysFloat: false)
    slots = [self.input]
  }

  /// The last layer's output, the logits of a finished plan.
  package var output: Slot { layers.last?.output ?? input }
}

extension Plan {
  /// The learnable numbers, as papers count them: without the padding between tensors and the running statistics.
  package var learnableCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Whether the plan can run with feature maps in this format: bf16 wants whole vectors of channels behind the images,
  /// and a classifier that is fed by a global average.
  package func supports(_ format: NumberFormat) -> Bool {
    guard format == .bf16 else { return true }
    let images = Place(valuesOf: input, format)
    return operations(.forward, mode: .inference, format: format).operations.allSatisfy { operation in
      let maps = operation.accesses.map(\.place).filter { $0.slot != nil && $0 != images }
      guard maps.allSatisfy({ $0.format == .fp32 || $0.shape.channels % 16 == 0 }) else { return false }
      switch operation.kernel {
      case .convolve: return true
      case .multiplyLinear(let product): return product.input.format == .fp32
      default: return !operation.reads.contains(images)
      }
    }
  }
}

// What layers use to build themselves.
extension Plan {
  package mutating func slot(_ shape: Shape, isAlwaysFloat: Bool = false) -> Slot {
    let slot = Slot(index: slots.count, shape: shape, isAlwaysFloat: isAlwaysFloat)
    slots.append(slot)
    return slot
  }

  package mutating func append(_ layer: any Layer) -> Slot {
    precondition(layer.inputs.allSatisfy { $0.index < layer.output.index }, "a layer reads slots that exist already")
    precondition(!layers.contains { $0.name == layer.name }, "two layers are called \(layer.name)")
    layers.append(layer)
    return layer.output
  }

  /// Lets a slot's values outlive the layers that read them.
  package mutating func keep(_ slot: Slot) { kept.append(slot) }

  package mutating func parameter(
    _ name: String, _ layout: ParameterLayout, _ role: ParameterRole, _ initial: Initialization, rate: Float = 1
  ) -> Parameter {
    precondition(!parameters.contains { $0.name == name }, "two parameters are called \(name)")
    let parameter = Parameter(
      name: name, offset: parameterCount, layout: layout, role: role, initialization: initial, rate: rate)
    parameters.append(parameter)
    parameterCount += aligned(parameter.count)
    return parameter
  }

  package mutating func statistic(_ name: String, count: Int, initial: Float) -> Statistic {
    let statistic = Statistic(name: name, offset: statisticCount, count: count, initial: initial)
    statistics.append(statistic)
    statisticCount += aligned(count)
    return statistic
  }

  /// Room for what a normalisation keeps of a batch for its backward pass.
  package mutating func moment(count: Int) -> Int {
    defer { momentCount += aligned(count) }
    return momentCount
  }
}

/// Tensors start on cache lines: 16 floats.
package func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }
