internal import Kernels

/// The channels of several maps behind one another.
struct ConcatenationLayer: Layer {
  let name: String
  let inputs: [Slot]
  let output: Slot

  let kind = "concatenation"

  func forward(into list: inout OperationList) {
    list.append(.concatenate(Concatenation(inputs: inputs.map(list.value), output: list.value(output))))
  }
}

/// Rows and columns of zeros around the image, for kernels whose padding is not the same on all sides.
struct ZeroPaddingLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let top: Int
  let left: Int

  let kind = "zero padding"
  var inputs: [Slot] { [input] }

  func forward(into list: inout OperationList) {
    list.append(.padWithZeros(ZeroPadding(top: top, left: left, maps: list.maps(input, output))))
  }
}

/// A transformer's class token before the positions, and the embeddings of the places.
struct TokenLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let first: Parameter
  let positions: Parameter

  let kind = "tokens"
  var inputs: [Slot] { [input] }
  var parameters: [Parameter] { [first, positions] }

  func forward(into list: inout OperationList) {
    list.append(
      .embedTokens(
        TokenEmbedding(first: Place(first), positions: Place(positions), maps: list.maps(input, output))))
  }
}

/// The class token alone.
struct FirstPositionLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot

  let kind = "class token"
  var inputs: [Slot] { [input] }

  func forward(into list: inout OperationList) { list.append(.takeFirstPosition(list.maps(input, output))) }
}

/// Attention with several heads over queries, keys and values that lie side by side.
struct AttentionLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let heads: Int

  var kind: String { "attention, \(heads) heads" }
  var inputs: [Slot] { [input] }

  func forward(into list: inout OperationList) {
    list.append(.attend(Attention(heads: heads, maps: list.maps(input, output))))
  }
}

extension Plan {
  package mutating func concatenation(_ inputs: [Slot], _ name: String) -> Slot {
    precondition(!inputs.isEmpty, "there is something to concatenate")
    var shape = inputs[0].shape
    shape.channels = inputs.reduce(0) { $0 + $1.shape.channels }
    return append(ConcatenationLayer(name: name, inputs: inputs, output: slot(shape)))
  }

  /// Zeros before and behind the rows and the columns.
  package mutating func zeroPadding(
    _ input: Slot, _ name: String, rows: (before: Int, behind: Int), columns: (before: Int, behind: Int)
  ) -> Slot {
    let shape = Shape(
      height: input.shape.height + rows.before + rows.behind,
      width: input.shape.width + columns.before + columns.behind, channels: input.shape.channels)
    return append(
      ZeroPaddingLayer(name: name, input: input, output: slot(shape), top: rows.before, left: columns.before))
  }

  /// The positions as a column of tokens behind the class token.
  package mutating func tokens(_ input: Slot, _ name: String, first: Parameter, positions: Parameter) -> Slot {
    let shape = Shape(height: input.shape.pixels + 1, width: 1, channels: input.shape.channels)
    return append(TokenLayer(name: name, input: input, output: slot(shape), first: first, positions: positions))
  }

  package mutating func firstPosition(_ input: Slot, _ name: String) -> Slot {
    let shape = Shape(height: 1, width: 1, channels: input.shape.channels)
    return append(FirstPositionLayer(name: name, input: input, output: slot(shape)))
  }

  package mutating func attention(_ input: Slot, _ name: String, heads: Int) -> Slot {
    var shape = input.shape
    shape.channels /= 3
    return append(AttentionLayer(name: name, input: input, output: slot(shape), heads: heads))
  }
}
