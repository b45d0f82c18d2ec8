internal import LoopTypes

/// One step on the values of `range` in three arenas of one layout:
///
///     g = gradient + weightDecay p;  v = momentum v + g;  p = p - learningRate (nesterov ? g + momentum v : v)
///
/// Velocities start at zero.
package func sgdStep(
  _ parameters: Arena, gradients: Arena, velocities: Arena, range: Range<Int>, step: SGDStep,
  on execution: Execution
) {
  check(range, parameters, gradients, velocities)
  execution.forEachRange(of: range.count, step: elementwiseStep) { part, _ in
    let at = range.lowerBound + part.lowerBound
    execution.floats.sgdStep(
      parameters.base + at, gradients: gradients.base + at, velocities: velocities.base + at, count: part.count, step)
  }
}

/// Moves the values of `range` in `average` towards `parameters`: average = decay average + (1 - decay) parameter.
package func average(
  _ parameters: Arena, into average: Arena, range: Range<Int>, decay: Float, on execution: Execution
) {
  check(range, parameters, average)
  execution.forEachRange(of: range.count, step: elementwiseStep) { part, _ in
    let at = range.lowerBound + part.lowerBound
    execution.floats.movingAverage(
      average.base + at, towards: parameters.base + at, count: part.count, weight: 1 - decay)
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
      finite[block] = execution.floats.allFinite(arena.base + part.lowerBound, count: part.count)
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
