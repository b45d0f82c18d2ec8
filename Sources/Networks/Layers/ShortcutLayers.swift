internal import Kernels

/// Shortcut option A of He et al. 2016 (section 4.2): every second position, with new channels of zeros on both sides.
struct PaddedShortcutLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let stride: Int

  var kind: String { "shortcut / \(stride)" }
  var inputs: [Slot] { [input] }

  func forward(into list: inout OperationList) {
    list.append(.shorten(PaddedShortcut(stride: stride, maps: list.maps(input, output))))
  }

  func backward(into list: inout OperationList) {
    guard let gradients = list.gradients(input, output) else { return }
    list.append(.shortenBackward(PaddedShortcutBackward(stride: stride, gradients: gradients)))
  }
}

/// The sum of two feature maps of one shape.
struct SumLayer: Layer {
  let name: String
  let first: Slot
  let second: Slot
  let output: Slot

  let kind = "sum"
  var inputs: [Slot] { [first, second] }

  func forward(into list: inout OperationList) {
    list.append(
      .add(Addition(first: list.value(first), second: list.value(second), output: list.value(output))))
  }

  func backward(into list: inout OperationList) {
    for input in inputs {
      if let gradients = list.gradients(input, output) { list.append(.addBackward(gradients)) }
    }
  }
}

extension Plan {
  package mutating func paddedShortcut(_ input: Slot, _ name: String, channels: Int, stride: Int) -> Slot {
    let shape = shortcutShape(input.shape, stride: stride, channels: channels)
    return append(PaddedShortcutLayer(name: name, input: input, output: slot(shape), stride: stride))
  }

  package mutating func sum(_ first: Slot, _ second: Slot, _ name: String) -> Slot {
    precondition(first.shape == second.shape, "only feature maps of one shape can be added")
    return append(SumLayer(name: name, first: first, second: second, output: slot(first.shape)))
  }
}
