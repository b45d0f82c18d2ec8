internal import Kernels

/// What layers append their operations to, the layer at hand being noted with each.
package struct OperationList {
  package let mode: Mode
  let format: NumberFormat
  /// The images, whose gradient only `Mode.imageGradient` wants.
  private let images: Slot
  private var layer = 0
  private var name = ""
  private var kind = ""
  private(set) var operations: [Operation] = []
  /// Whether a layer has no backward pass.
  private(set) var isForInferenceOnly = false

  init(_ plan: Plan, mode: Mode, format: NumberFormat) {
    (images, self.mode, self.format) = (plan.input, mode, format)
  }

  /// Appends what a layer emits.
  mutating func append(_ layer: any Layer, at index: Int, _ emit: (any Layer, inout OperationList) -> Void) {
    (self.layer, name, kind) = (index, layer.name, layer.kind)
    emit(layer, &self)
  }

  mutating func append(_ kernel: Kernel) {
    operations.append(Operation(layer: layer, name: name, kind: kind, kernel: kernel))
  }

  mutating func refuseTraining() { isForInferenceOnly = true }
}

extension OperationList {
  func value(_ slot: Slot) -> Place { Place(valuesOf: slot, format) }

  /// nil where nobody wants the gradient: the images' in training.
  func gradient(_ slot: Slot) -> Place? {
    slot == images && mode != .imageGradient ? nil : Place(gradientOf: slot, format)
  }

  func target(_ slot: Slot) -> GradientTarget? { gradient(slot).map(GradientTarget.init) }

  func maps(_ input: Slot, _ output: Slot) -> MapPair { MapPair(input: value(input), output: value(output)) }

  /// nil where the input's gradient is not wanted.
  func gradients(_ input: Slot, _ output: Slot) -> GradientCopy? {
    guard let target = target(input), let outputGradient = gradient(output) else { return nil }
    return GradientCopy(outputGradient: outputGradient, inputGradient: target)
  }
}
