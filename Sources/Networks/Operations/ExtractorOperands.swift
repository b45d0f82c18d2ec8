package import Kernels

// Operands of the kernels of networks that only look at images.

/// Each channel with its own kernel.
package struct DepthwiseConvolution: Operands {
  package let geometry: DepthwiseGeometry
  package var weights: Place
  package var maps: MapPair

  var multiplyAdds: Int { geometry.output.pixels * geometry.weightCount }

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&weights, .read)
    maps.visit(body)
  }
}

/// output = function(input + bias).
package struct Activation: Operands {
  package let function: ActivationFunction
  package var bias: Place?
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    if var place = bias {
      body(&place, .read)
      bias = place
    }
    maps.visit(body)
  }
}

/// Each position's channels by their own mean and variance, then scaled and shifted.
package struct LayerNormalization: Operands {
  package let epsilon: Float
  package var scale: Place
  package var shift: Place
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&scale, .read)
    body(&shift, .read)
    maps.visit(body)
  }
}

/// Each channel times a number of its own.
package struct ChannelScaling: Operands {
  package var scale: Place
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&scale, .read)
    maps.visit(body)
  }
}

/// The channels of several maps behind one another.
package struct Concatenation: Operands {
  package var inputs: [Place]
  package var output: Place

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    for index in inputs.indices { body(&inputs[index], .read) }
    body(&output, .write)
  }
}

/// The image in a frame of zeros, `top` rows and `left` columns of them before it.
package struct ZeroPadding: Operands {
  package let top: Int
  package let left: Int
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) { maps.visit(body) }
}

/// A token before the positions of the image, and to each the embedding of its place.
package struct TokenEmbedding: Operands {
  package var first: Place
  package var positions: Place
  package var maps: MapPair

  mutating func visit(_ body: (inout Place, Access) -> Void) {
    body(&first, .read)
    body(&positions, .read)
    maps.visit(body)
  }
}

/// Attention over queries, keys and values that lie side by side in the input's channels.
package struct Attention: Operands {
  package let heads: Int
  package var maps: MapPair

  var multiplyAdds: Int { 2 * maps.input.shape.pixels * maps.output.shape.count }

  mutating func visit(_ body: (inout Place, Access) -> Void) { maps.visit(body) }
}
