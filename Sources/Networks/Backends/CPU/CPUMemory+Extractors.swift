internal import Kernels

extension CPUMemory {
  func activate(_ one: Activation, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    let bias = one.bias.map { UnsafePointer(vector($0)) }
    return { Kernels.activate(input, bias: bias, by: one.function, into: output, on: execution) }
  }

  func scaleChannels(_ one: ChannelScaling, _ execution: Execution) -> CPUStep {
    let (input, scale, output) = (tensor(one.maps.input), vector(one.scale), tensor(one.maps.output))
    return { Kernels.scaleChannels(input, by: scale, into: output, on: execution) }
  }

  func concatenate(_ one: Concatenation, _ execution: Execution) -> CPUStep {
    let (inputs, output) = (one.inputs.map(tensor), tensor(one.output))
    return { Kernels.concatenate(inputs, into: output, on: execution) }
  }

  func padWithZeros(_ one: ZeroPadding, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    return { Kernels.padWithZeros(input, top: one.top, left: one.left, into: output, on: execution) }
  }

  func embedTokens(_ one: TokenEmbedding, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    let (first, positions) = (vector(one.first), vector(one.positions))
    return { Kernels.embedTokens(input, first: first, positions: positions, into: output, on: execution) }
  }

  func takeFirstPosition(_ one: MapPair) -> CPUStep {
    let (input, output) = (tensor(one.input), tensor(one.output))
    return { Kernels.takeFirstPosition(input, into: output) }
  }

  func attend(_ one: Attention, _ execution: Execution) -> CPUStep {
    let (input, output) = (tensor(one.maps.input), tensor(one.maps.output))
    return { Kernels.attend(input, heads: one.heads, into: output, on: execution) }
  }
}
