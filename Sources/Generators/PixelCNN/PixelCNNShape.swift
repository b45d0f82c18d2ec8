/// The form of a PixelCNN, and where its parameters lie in one block of numbers.
///
/// Each layer has a vertical stack, which sees the rows above, and a horizontal one, which sees its own row up to the pixel
/// and the vertical stack at it; together they see all that comes before the pixel (van den Oord et al. 2016, figure 2).
/// The image comes in as levels in −1...1 with a channel of ones, which tells it from the zeros around it.
struct PixelCNNShape: Sendable, Equatable {
  let space: ImageSpace
  let classes: Int
  let width: Int
  let layers: [PixelCNNLayer]
  let head: PixelCNNHead
  /// Names, shapes and places of all parameters, in their order in memory.
  let parameters: [Parameter]

  /// A tensor of parameters.
  struct Parameter: Sendable, Equatable {
    let name: String
    let shape: [Int]
    let offset: Int
    /// The inputs of each output, of matrices; the deviation of their first values is its root's inverse.
    let inputs: Int?

    var count: Int { shape.reduce(1, *) }
  }

  /// The kernels of the first layer and of the others.
  private static let (firstKernel, kernel) = (7, 3)

  init(space: ImageSpace, classes: Int, width: Int, depth: Int) {
    var block = ParameterBlock()
    self.space = space
    self.classes = classes
    self.width = width
    layers = (0..<depth).map { index in
      let isFirst = index == 0
      let kernel = isFirst ? Self.firstKernel : Self.kernel
      return PixelCNNLayer(
        &block, "layers.\(index)", (isFirst ? space.channels + 1 : width, width, classes),
        (.vertical(kernel: kernel, isFirst: isFirst), .horizontal(kernel: kernel, isFirst: isFirst)),
        isLast: index == depth - 1)
    }
    head = PixelCNNHead(&block, space, width)
    parameters = block.parameters
  }

  var parameterCount: Int { parameters.last.map { $0.offset + $0.count } ?? 0 }
  /// The image as it comes in.
  var input: Grid { Grid(height: space.height, width: space.width, channels: space.channels + 1) }
  /// The features of a stack.
  var features: Grid { Grid(height: space.height, width: space.width, channels: width) }
  var positions: Int { space.height * space.width }

  /// What comes in of one pixel.
  @inline(__always)
  func encode(_ pixel: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Float>) {
    for channel in 0..<space.channels {
      target[channel] = Float(2 * Int(pixel[channel])) / Float(space.levels - 1) - 1
    }
    target[space.channels] = 1
  }
}

/// Parameters that are laid out one after the other.
struct ParameterBlock {
  private(set) var parameters: [PixelCNNShape.Parameter] = []

  /// The offset of a new tensor.
  mutating func add(_ name: String, _ shape: [Int], inputs: Int? = nil) -> Int {
    let offset = parameters.last.map { $0.offset + $0.count } ?? 0
    parameters.append(PixelCNNShape.Parameter(name: name, shape: shape, offset: offset, inputs: inputs))
    return offset
  }
}

/// One layer of both stacks; parameters are offsets into the block.
struct PixelCNNLayer: Sendable, Equatable {
  let inputs: Int
  let verticalTaps: CausalTaps
  let horizontalTaps: CausalTaps
  /// [taps x inputs][2 width].
  let vertical: Int
  let horizontal: Int
  /// From the vertical stack before its gate to the horizontal one: [2 width][2 width].
  let link: Int
  /// After the horizontal gate: [width][width].
  let output: Int
  /// A row of 2 width numbers for each class.
  let horizontalBias: Int
  /// The vertical stack of the last layer ends before its gate.
  let verticalBias: Int?

  var verticalInputs: Int { verticalTaps.count * inputs }
  var horizontalInputs: Int { horizontalTaps.count * inputs }

  init(
    _ block: inout ParameterBlock, _ name: String, _ sizes: (inputs: Int, width: Int, classes: Int),
    _ taps: (vertical: CausalTaps, horizontal: CausalTaps), isLast: Bool
  ) {
    let (inputs, width, classes) = sizes
    self.inputs = inputs
    (verticalTaps, horizontalTaps) = taps
    func matrix(_ part: String, _ rows: Int, _ columns: Int) -> Int {
      block.add("\(name).\(part).weight", [rows, columns], inputs: rows)
    }
    vertical = matrix("vertical", verticalTaps.count * inputs, 2 * width)
    horizontal = matrix("horizontal", horizontalTaps.count * inputs, 2 * width)
    link = matrix("link", 2 * width, 2 * width)
    output = matrix("output", width, width)
    horizontalBias = block.add("\(name).horizontal.classes", [classes, 2 * width])
    verticalBias = isLast ? nil : block.add("\(name).vertical.classes", [classes, 2 * width])
  }
}

/// From the horizontal stack to the parameters of a pixel's distribution: relu, 1x1, relu, 1x1. A softmax has a group of
/// hidden numbers for each channel, to which the earlier channels' levels add a row of a table; a mixture of logistics
/// has one group.
struct PixelCNNHead: Sendable, Equatable {
  enum Distribution: Sendable, Equatable {
    case softmax(LevelSoftmax)
    case logistics(LogisticMixture)
  }

  struct Group: Sendable, Equatable {
    /// [width][width] and [width].
    let hidden: Int
    let hiddenBias: Int
    /// For each earlier channel [levels][width].
    let tables: [Int]
    /// [width][outputs] and [outputs].
    let output: Int
    let outputBias: Int
  }

  /// A softmax over more levels would learn each of them from few pixels.
  private static let mostSoftmaxLevels = 16

  let distribution: Distribution
  let groups: [Group]
  /// The numbers of a group.
  let outputs: Int

  init(_ block: inout ParameterBlock, _ space: ImageSpace, _ width: Int) {
    let isSoftmax = space.levels <= Self.mostSoftmaxLevels
    let logistics = LogisticMixture(channels: space.channels, levels: space.levels)
    distribution = isSoftmax ? .softmax(LevelSoftmax(levels: space.levels)) : .logistics(logistics)
    let outputs = isSoftmax ? space.levels : logistics.numbers
    self.outputs = outputs
    groups = (0..<(isSoftmax ? space.channels : 1)).map { channel in
      let name = "head.\(channel)"
      return Group(
        hidden: block.add("\(name).hidden.weight", [width, width], inputs: width),
        hiddenBias: block.add("\(name).hidden.bias", [width]),
        tables: (0..<channel).map { block.add("\(name).levels.\($0)", [space.levels, width], inputs: width) },
        output: block.add("\(name).output.weight", [width, outputs], inputs: width),
        outputBias: block.add("\(name).output.bias", [outputs]))
    }
  }
}
