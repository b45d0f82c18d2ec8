package import Kernels

/// The memory layout of a parameter tensor here and in PyTorch.
package enum ParameterLayout: Hashable, Sendable {
  /// Height, width, input channel, output channel here; PyTorch keeps output, input, height, width.
  case convolution(ConvolutionGeometry)
  /// Input, output here; PyTorch keeps output, input.
  case matrix(inputs: Int, outputs: Int)
  case vector(Int)
  /// Height, width, channel here; PyTorch keeps channel, 1, height, width.
  case depthwise(DepthwiseGeometry)
  /// The same on both sides: rows of columns.
  case table(rows: Int, columns: Int)

  package var count: Int { torchShape.reduce(1, *) }

  /// The shape under which PyTorch stores the tensor.
  package var torchShape: [Int] {
    switch self {
    case .convolution(let geometry):
      [geometry.outputChannels, geometry.input.channels, geometry.kernelHeight, geometry.kernelWidth]
    case .matrix(let inputs, let outputs): [outputs, inputs]
    case .vector(let count): [count]
    case .depthwise(let geometry): [geometry.input.channels, 1, geometry.kernel, geometry.kernel]
    case .table(let rows, let columns): [rows, columns]
    }
  }
}

/// The role of a parameter; optimisers group parameters by it.
package enum ParameterRole: String, Sendable, Codable {
  case weight, bias
  /// The scale (gamma) and shift (beta) of a batch normalisation.
  case scale, shift
}

/// The initial distribution of a parameter.
package enum Initialization: Hashable, Sendable {
  /// Normal with standard deviation sqrt(2 / fan), He et al. 2015, equation 10 (fan out).
  case heNormal(fan: Int)
  /// Uniform in ±bound.
  case uniform(bound: Float)
  /// An identity convolution: filter n takes the centre of channel n, and filters beyond the number of input channels
  /// are uniform in ±bound (Jordan 2024, arXiv:2404.00498, section 3.3).
  case identity(bound: Float)
  /// Filters that decorrelate the training images' patches. They are zero until the trainer has computed them.
  case whitening
  case constant(Float)
}

/// A named tensor of learnable numbers and its place in the parameter arena.
package struct Parameter: Sendable {
  package let name: String
  package let offset: Int
  package let layout: ParameterLayout
  package let role: ParameterRole
  package let initialization: Initialization
  /// The parameter's own factor on the learning rate, which does not scale its weight decay; 0 keeps its initial value.
  package let rate: Float

  package var count: Int { layout.count }
  package var range: Range<Int> { offset..<offset + count }
}

/// A named tensor of running statistics and its place in their arena.
package struct Statistic: Sendable {
  package let name: String
  package let offset: Int
  package let count: Int
  package let initial: Float

  package var range: Range<Int> { offset..<offset + count }
}

extension ParameterLayout {
  /// For each element in PyTorch's order, its index in this project's order.
  ///
  /// Rows of the result follow PyTorch's row-major order of `torchShape`.
  package func forEachTorchElement(_ body: (_ torch: Int, _ here: Int) -> Void) {
    switch self {
    case .convolution(let geometry):
      let (outputs, inputs) = (geometry.outputChannels, geometry.input.channels)
      let taps = geometry.kernelHeight * geometry.kernelWidth
      for output in 0..<outputs {
        for input in 0..<inputs {
          for tap in 0..<taps {
            body((output * inputs + input) * taps + tap, (tap * inputs + input) * outputs + output)
          }
        }
      }
    case .matrix(let inputs, let outputs):
      for output in 0..<outputs { for input in 0..<inputs { body(output * inputs + input, input * outputs + output) } }
    case .vector, .table:
      for index in 0..<count { body(index, index) }
    case .depthwise(let geometry):
      let taps = geometry.kernel * geometry.kernel
      for channel in 0..<geometry.input.channels {
        for tap in 0..<taps { body(channel * taps + tap, tap * geometry.input.channels + channel) }
      }
    }
  }
}
