/// One step of a plan: which slots it reads and writes, which parameters it owns, and which operations it is made of.
///
/// A layer is a small value that describes; it never sees a number, nor where one lies.
package protocol Layer: Sendable {
  var name: String { get }
  /// The kind as people read it in a table: `convolution 3x3 / 2`.
  var kind: String { get }
  var inputs: [Slot] { get }
  var output: Slot { get }
  var parameters: [Parameter] { get }

  /// Appends what makes the output.
  func forward(into list: inout OperationList)
  /// Appends what makes the gradients of the layer's parameters, and of its inputs where the list wants them. A layer
  /// without it is for networks that only look at images.
  func backward(into list: inout OperationList)
}

extension Layer {
  package var parameters: [Parameter] { [] }
  package func backward(into list: inout OperationList) { list.refuseTraining() }
}
