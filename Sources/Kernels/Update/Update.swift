/// The constants of one step of stochastic gradient descent with momentum, as PyTorch's SGD defines them
/// (Sutskever et al. 2013, with the learning rate outside of the velocity).
package struct DescentStep: Hashable, Sendable {
  package var learningRate: Float
  package var momentum: Float
  package var weightDecay: Float
  package var nesterov: Bool

  package init(learningRate: Float, momentum: Float = 0, weightDecay: Float = 0, nesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }
}

/// One step on the values of `range` in three arenas of one layout:
///
///     g = gradient + weightDecay p;  v = momentum v + g;  p = p - learningRate (nesterov ? g + momentum v : v)
///
/// Velocities start at zero.
package func descend(
  _ parameters: Arena, gradients: Arena, velocities: Arena, range: Range<Int>, step: DescentStep,
  on execution: Execution
) {
  check(range, parameters, gradients, velocities)
  execution.forEachRange(of: range.count, step: elementwiseStep) { part, _ in
    let at = range.lowerBound + part.lowerBound
    execution.table.descend(
      parameters.base + at, gradients.base + at, velocities.base + at, part.count, step.learningRate, step.momentum,
      step.weightDecay, step.nesterov)
  }
}

/// Moves the values of `range` in `average` towards `parameters`: average = decay average + (1 - decay) parameter.
package func average(
  _ parameters: Arena, into average: Arena, range: Range<Int>, decay: Float, on execution: Execution
) {
  check(range, parameters, average)
  execution.forEachRange(of: range.count, step: elementwiseStep) { part, _ in
    let at = range.lowerBound + part.lowerBound
    execution.table.approach(average.base + at, parameters.base + at, part.count, 1 - decay)
  }
}

/// Whether no value of `range` is infinite or NaN.
package func isFinite(_ arena: Arena, range: Range<Int>, on execution: Execution) -> Bool {
  check(range, arena)
  // Each of the at most 64 blocks has its own place, so that no two workers write to one.
  let blocks = RangeBlocks(range)
  return withUnsafeTemporaryAllocation(of: Bool.self, capacity: RangeBlocks.most) { finite in
    execution.pool.run(chunks: blocks.count) { block, _ in
      let part = blocks[block]
      finite[block] = execution.table.allFinite(arena.base + part.lowerBound, part.count)
    }
    return (0..<blocks.count).allSatisfy { finite[$0] }
  }
}

/// The cut of a range into at most 64 blocks.
private struct RangeBlocks {
  let range: Range<Int>
  let step: Int

  static let most = 64

  init(_ range: Range<Int>) {
    self.range = range
    step = max(elementwiseStep, (range.count + Self.most - 1) / Self.most)
  }

  var count: Int { (range.count + step - 1) / step }

  subscript(block: Int) -> Range<Int> {
    let lower = range.lowerBound + block * step
    return lower..<min(range.upperBound, lower + step)
  }
}

private func check(_ range: Range<Int>, _ arenas: Arena...) {
  precondition(
    range.lowerBound >= 0 && arenas.allSatisfy { range.upperBound <= $0.count }, "the range lies outside of an arena")
}
