package import LoopTypes

extension Loops {
  /// One step of stochastic gradient descent with momentum on `count` values, in PyTorch's order:
  /// g = gradient + decay p; v = momentum v + g; p = p - rate (nesterov ? g + momentum v : v).
  @inline(never)
  package static func sgdStep(
    _ parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, velocities: UnsafeMutablePointer<Float>,
    count: Int, _ step: SGDStep
  ) {
    let (rate, momentum, decay) = (step.learningRate, step.momentum, step.weightDecay)
    var at = 0
    while at + 16 <= count {
      let value = load(parameters + at)
      let gradient = load(gradients + at).addingProduct(value, Vector(repeating: decay))
      let velocity = gradient.addingProduct(load(velocities + at), Vector(repeating: momentum))
      let change = step.nesterov ? gradient.addingProduct(velocity, Vector(repeating: momentum)) : velocity
      store(velocity, velocities + at)
      store(value.addingProduct(change, Vector(repeating: -rate)), parameters + at)
      at += 16
    }
    while at < count {
      let value = parameters[at]
      let gradient = gradients[at].addingProduct(value, decay)
      let velocity = gradient.addingProduct(velocities[at], momentum)
      let change = step.nesterov ? gradient.addingProduct(velocity, momentum) : velocity
      velocities[at] = velocity
      parameters[at] = value.addingProduct(change, -rate)
      at += 1
    }
  }
}

extension Loops {
  /// a = a + weight (p - a) for `count` values.
  @inline(never)
  package static func movingAverage(
    _ averages: UnsafeMutablePointer<Float>, towards parameters: UnsafePointer<Float>, count: Int, weight: Float
  ) {
    var at = 0
    while at + 16 <= count {
      let average = load(averages + at)
      store(average.addingProduct(load(parameters + at) - average, Vector(repeating: weight)), averages + at)
      at += 16
    }
    while at < count {
      averages[at] = averages[at].addingProduct(parameters[at] - averages[at], weight)
      at += 1
    }
  }
}

extension Loops {
  /// True when none of `count` values is infinite or NaN.
  @inline(never)
  package static func allFinite(_ values: UnsafePointer<Float>, count: Int) -> Bool {
    // x - x is 0 for finite x and NaN otherwise, and a sum with a NaN is NaN.
    var sums = Vector.zero
    var at = 0
    while at + 16 <= count {
      let value = load(values + at)
      sums += value - value
      at += 16
    }
    var total: Float = 0
    while at < count {
      total += values[at] - values[at]
      at += 1
    }
    var lane = 0
    while lane < 16 {
      total += sums[lane]
      lane += 1
    }
    return total == 0
  }
}
