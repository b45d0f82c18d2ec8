/// For one axis: the input samples of each output sample, and their weights. Windows, centres and the order of
/// operations are Pillow's, so results agree to the bit.
struct ResampleWeights<Sample: ResampledSample> {
  struct Window {
    /// The first input sample.
    let start: Int
    let count: Int
    /// Where the window's weights begin in `values`.
    let offset: Int

    var end: Int { start + count }
  }

  /// One per position. Starts and ends never decrease from one position to the next.
  let windows: [Window]
  /// The windows' weights one after another; those of a window sum to 1.
  let values: [Sample.Weight]
}

extension ResampleWeights {
  /// The weights that scale `input` samples to `output`; an axis that keeps its length keeps its samples, as in Pillow.
  init(from input: Int, to output: Int, _ filter: ResampleFilter) {
    self.init(from: input, to: output, filter, positions: 0..<output)
  }

  /// The same for some of the output's positions.
  init(from input: Int, to output: Int, _ filter: ResampleFilter, positions: Range<Int>) {
    precondition(input > 0 && output > 0, "an image has at least one pixel")
    precondition(positions.lowerBound >= 0 && positions.upperBound <= output, "the positions lie in the output")
    let scale = Double(input) / Double(output)
    let widening = max(scale, 1)
    let support = filter.support * widening
    var windows: [Window] = []
    var values: [Sample.Weight] = []
    windows.reserveCapacity(positions.count)
    for position in positions {
      if input == output {
        windows.append(Window(start: position, count: 1, offset: values.count))
        values.append(Sample.weight(1))
        continue
      }
      let centre = (Double(position) + 0.5) * scale
      let start = max(0, Int(centre - support + 0.5))
      let end = min(input, Int(centre + support + 0.5))
      var weights = (start..<end).map { filter.value(at: (Double($0) - centre + 0.5) * (1 / widening)) }
      let sum = weights.reduce(0, +)
      if sum != 0 { for k in weights.indices { weights[k] /= sum } }
      windows.append(Window(start: start, count: weights.count, offset: values.count))
      values += weights.map(Sample.weight)
    }
    self.windows = windows
    self.values = values
  }
}
