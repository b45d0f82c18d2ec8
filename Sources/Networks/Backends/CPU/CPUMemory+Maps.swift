internal import Kernels

/// The tensors of a gradient that goes from one map to another.
struct GradientEnds {
  let from: Tensor
  let to: Tensor
  let accumulating: Bool
}

extension CPUMemory {
  func ends(_ copy: GradientCopy) -> GradientEnds {
    GradientEnds(
      from: tensor(copy.outputGradient), to: tensor(copy.inputGradient.place),
      accumulating: copy.inputGradient.accumulates)
  }

  func add(_ one: Addition, _ execution: Execution) -> CPUStep {
    let (first, second, output) = (tensor(one.first), tensor(one.second), tensor(one.output))
    guard let measured = one.measured.map(normalization) else {
      return { Kernels.add(first, second, into: output, on: execution) }
    }
    return { Kernels.add(first, second, into: output, measuring: measured, on: execution) }
  }

  func addBackward(_ one: GradientCopy, _ execution: Execution) -> CPUStep {
    let ends = ends(one)
    return { Kernels.addBackward(ends.from, into: ends.to, accumulating: ends.accumulating, on: execution) }
  }

  func shorten(_ one: PaddedShortcut, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    return { shortenByPadding(input, stride: one.stride, into: output, on: execution) }
  }

  func shortenBackward(_ one: PaddedShortcutBackward, _ execution: Execution) -> CPUStep {
    let ends = ends(one.gradients)
    return {
      shortenByPaddingBackward(
        ends.from, stride: one.stride, into: ends.to, accumulating: ends.accumulating, on: execution)
    }
  }

  func poolMaximum(_ one: Pooling, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    return { Kernels.poolMaximum(input, into: output, geometry: one.geometry, on: execution) }
  }

  func poolMaximumBackward(_ one: PoolingBackward, _ execution: Execution) -> CPUStep {
    let (input, ends) = (tensor(one.input), ends(one.gradients))
    return {
      Kernels.poolMaximumBackward(
        ends.from, input: input, into: ends.to, accumulating: ends.accumulating, geometry: one.geometry, on: execution)
    }
  }

  func poolGlobalAverage(_ one: MapPair, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.input), tensor(one.output))
    return { Kernels.poolGlobalAverage(input, into: output, on: execution) }
  }

  func poolGlobalAverageBackward(_ one: GradientCopy, _ execution: Execution) -> CPUStep {
    let ends = ends(one)
    return {
      Kernels.poolGlobalAverageBackward(ends.from, into: ends.to, accumulating: ends.accumulating, on: execution)
    }
  }

  func poolAverage(_ one: AveragePooling, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    let pool = one.countsPadding ? Kernels.poolAverage : poolAverageInside
    return { pool(input, output, one.geometry, execution) }
  }
}
