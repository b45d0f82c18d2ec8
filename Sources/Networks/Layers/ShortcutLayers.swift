internal import Kernels

/// Shortcut option A of He et al. 2016 (section 4.2): every second position, with new channels of zeros on both sides.
struct PaddedShortcutLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let stride: Int

  var kind: String { "shortcut / \(stride)" }
  var inputs: [Slot] { [input] }

  func forward(_ memory: Memory) {
    shortenByPadding(memory.value(input), stride: stride, into: memory.value(output), on: memory.execution)
  }

  func backward(_ memory: Memory) {
    guard let outputGradient = memory.gradient(output), let inputGradient = memory.gradient(input) else { return }
    shortenByPaddingBackward(
      outputGradient, stride: stride, into: inputGradient, accumulating: memory.accumulates(self),
      on: memory.execution)
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
  /// For the moments of a normalisation that reads the sum.
  func scratch(batch: Int, format: NumberFormat) -> ScratchSize { normalizationScratch(output.shape, batch: batch) }

  func forward(_ memory: Memory) {
    let (first, second, output) = (memory.value(first), memory.value(second), memory.value(output))
    if memory.mode == .training, let normalization = memory.fusion.measured[name] {
      add(first, second, into: output, measuring: normalization.vectors(memory), on: memory.execution)
    } else {
      add(first, second, into: output, on: memory.execution)
    }
  }

  /// Inputs whose gradients share the output's memory have theirs already: see `FeatureLayout`.
  func backward(_ memory: Memory) {
    guard let outputGradient = memory.gradient(output) else { return }
    for (index, input) in inputs.enumerated() {
      guard let inputGradient = memory.gradient(input) else { continue }
      addBackward(
        outputGradient, into: inputGradient, accumulating: memory.accumulates(self, input: index),
        on: memory.execution)
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
