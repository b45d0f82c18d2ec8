internal import Kernels

/// A convolution without bias; a batch normalisation that follows supplies the shift.
struct ConvolutionLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let geometry: ConvolutionGeometry
  let weights: Parameter

  var kind: String {
    "convolution \(geometry.kernelHeight)x\(geometry.kernelWidth)"
      + (geometry.stride > 1 ? " / \(geometry.stride)" : "")
  }
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [weights] }

  func forward(into list: inout OperationList) {
    list.append(
      .convolve(
        Convolution(
          geometry: geometry, input: list.value(input), weights: Place(weights), output: list.value(output))))
  }

  func backward(into list: inout OperationList) {
    guard let outputGradient = list.gradient(output) else { return }
    let target = list.target(input)
    // Fixed filters over the images have no gradient that anybody needs.
    if list.mode == .training, weights.rate > 0 || target != nil {
      list.append(
        .convolveBackwardWeights(
          ConvolutionWeightGradient(
            geometry: geometry, outputGradient: outputGradient, input: list.value(input),
            weightGradient: Place(gradientOf: weights))))
    }
    guard let target else { return }
    list.append(
      .convolveBackwardData(
        ConvolutionDataGradient(
          geometry: geometry, outputGradient: outputGradient, weights: Place(weights), inputGradient: target)))
  }
}

extension Plan {
  /// A convolution whose weights start from the normal distribution of He et al. 2015 with fan out, or as `initial` says.
  package mutating func convolution(
    _ input: Slot, _ name: String, channels: Int, kernel: Int = 3, stride: Int = 1, padding: Int? = nil,
    initial: Initialization? = nil, rate: Float = 1
  ) -> Slot {
    let geometry = ConvolutionGeometry(
      input: input.shape, outputChannels: channels, kernelHeight: kernel, kernelWidth: kernel, stride: stride,
      padding: padding ?? kernel / 2)
    let weights = parameter(
      "\(name).weight", .convolution(geometry), .weight, initial ?? .heNormal(fan: channels * kernel * kernel),
      rate: rate)
    let output = slot(geometry.output)
    return append(ConvolutionLayer(name: name, input: input, output: output, geometry: geometry, weights: weights))
  }
}

extension Plan {
  /// A convolution whose kernel may be higher than wide, and whose padding is half of it. Zeros that are not the same on
  /// all sides take a layer of their own, since `ConvolutionGeometry` knows one padding.
  package mutating func convolution(
    _ input: Slot, _ name: String, channels: Int, kernel: (height: Int, width: Int)
  ) -> Slot {
    if kernel.height == kernel.width { return convolution(input, name, channels: channels, kernel: kernel.height) }
    let (rows, columns) = (kernel.height / 2, kernel.width / 2)
    let padded = zeroPadding(input, "\(name).padding", rows: (rows, rows), columns: (columns, columns))
    let geometry = ConvolutionGeometry(
      input: padded.shape, outputChannels: channels, kernelHeight: kernel.height, kernelWidth: kernel.width)
    let weights = parameter(
      "\(name).weight", .convolution(geometry), .weight, .heNormal(fan: channels * kernel.height * kernel.width))
    return append(
      ConvolutionLayer(
        name: name, input: padded, output: slot(geometry.output), geometry: geometry, weights: weights))
  }

  /// TensorFlow's "SAME" padding: as many outputs as strides fit into the image, an odd zero behind it.
  package mutating func sameConvolution(
    _ input: Slot, _ name: String, channels: Int, kernel: Int, stride: Int
  ) -> Slot {
    func zeros(_ extent: Int) -> (before: Int, behind: Int) {
      let all = max(0, ((extent + stride - 1) / stride - 1) * stride + kernel - extent)
      return (all / 2, all - all / 2)
    }
    let (rows, columns) = (zeros(input.shape.height), zeros(input.shape.width))
    let padded = zeroPadding(input, "\(name).padding", rows: rows, columns: columns)
    return convolution(padded, name, channels: channels, kernel: kernel, stride: stride, padding: 0)
  }

  /// The same matrix for each position's channels: a 1x1 convolution whose weights PyTorch keeps as a linear layer's.
  ///
  /// - Parameter layout: `.matrix` as in `nn.Linear`, or `.table` where PyTorch keeps rows of inputs.
  package mutating func positionwise(
    _ input: Slot, _ weights: String, outputs: Int,
    layout: (_ inputs: Int, _ outputs: Int) -> ParameterLayout = {
      .matrix(inputs: $0, outputs: $1)
    }
  ) -> Slot {
    let geometry = ConvolutionGeometry(
      input: input.shape, outputChannels: outputs, kernelHeight: 1, kernelWidth: 1)
    let matrix = parameter(
      weights, layout(input.shape.channels, outputs), .weight, .heNormal(fan: outputs))
    return append(
      ConvolutionLayer(
        name: weights, input: input, output: slot(geometry.output), geometry: geometry, weights: matrix))
  }
}
