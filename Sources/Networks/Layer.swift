package import Kernels

/// One step of a plan: which slots it reads and writes, which parameters it owns, and which kernels it calls.
///
/// A layer is a small value that describes; it never owns or touches a float itself.
package protocol Layer: Sendable {
  var name: String { get }
  /// The kind as people read it in a table: `convolution 3x3 / 2`.
  var kind: String { get }
  var inputs: [Slot] { get }
  var output: Slot { get }
  var parameters: [Parameter] { get }
  /// Multiplications with an addition for one image's forward pass, convolutions and linear layers only.
  var multiplyAdds: Int { get }
  /// Slots among inputs and output whose values the backward pass reads.
  var keptForBackward: [Slot] { get }
  /// Scratch memory that the layer's kernels ask for at this batch size and format of feature maps.
  func scratch(batch: Int, format: NumberFormat) -> ScratchSize

  func forward(_ memory: Memory)
  /// Fills the gradients of the layer's parameters, and of its inputs where `memory` wants them.
  func backward(_ memory: Memory)
}

extension Layer {
  package var parameters: [Parameter] { [] }
  package var multiplyAdds: Int { 0 }
  package var keptForBackward: [Slot] { [] }
  package func scratch(batch: Int, format: NumberFormat) -> ScratchSize { ScratchSize() }
}

/// A layer of the networks that only look at images and are never trained here: it has no backward pass, and `Memory`
/// refuses to train a plan that has one.
package protocol InferenceLayer: Layer {}

extension InferenceLayer {
  package func backward(_ memory: Memory) { preconditionFailure("\(name) is for inference only") }
}
