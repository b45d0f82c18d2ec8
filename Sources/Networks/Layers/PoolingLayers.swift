internal import Kernels

/// The largest value of each window; the padding is never the largest.
struct MaxPoolingLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let geometry: PoolingGeometry

  var kind: String { "max pool \(geometry.kernel)x\(geometry.kernel) / \(geometry.stride)" }
  var inputs: [Slot] { [input] }

  func forward(into list: inout OperationList) {
    list.append(.poolMaximum(Pooling(geometry: geometry, maps: list.maps(input, output))))
  }

  func backward(into list: inout OperationList) {
    guard let gradients = list.gradients(input, output) else { return }
    list.append(
      .poolMaximumBackward(PoolingBackward(geometry: geometry, input: list.value(input), gradients: gradients)))
  }
}

/// The mean over all positions of each channel.
struct GlobalAverageLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot

  let kind = "global average"
  var inputs: [Slot] { [input] }

  func forward(into list: inout OperationList) { list.append(.poolGlobalAverage(list.maps(input, output))) }

  func backward(into list: inout OperationList) {
    guard let gradients = list.gradients(input, output) else { return }
    list.append(.poolGlobalAverageBackward(gradients))
  }
}

/// The mean of each window, with the padding's zeros or of what lies inside the image.
struct AveragePoolingLayer: Layer {
  let name: String
  let input: Slot
  let output: Slot
  let geometry: PoolingGeometry
  let countsPadding: Bool

  var kind: String { "average pool \(geometry.kernel)x\(geometry.kernel) / \(geometry.stride)" }
  var inputs: [Slot] { [input] }

  func forward(into list: inout OperationList) {
    list.append(
      .poolAverage(AveragePooling(geometry: geometry, countsPadding: countsPadding, maps: list.maps(input, output))))
  }
}

extension Plan {
  package mutating func averagePooling(
    _ input: Slot, _ name: String, kernel: Int, stride: Int, padding: Int, countsPadding: Bool
  ) -> Slot {
    let geometry = PoolingGeometry(input: input.shape, kernel: kernel, stride: stride, padding: padding)
    return append(
      AveragePoolingLayer(
        name: name, input: input, output: slot(geometry.output), geometry: geometry, countsPadding: countsPadding))
  }

  package mutating func maxPooling(_ input: Slot, _ name: String, kernel: Int, stride: Int, padding: Int) -> Slot {
    let geometry = PoolingGeometry(input: input.shape, kernel: kernel, stride: stride, padding: padding)
    return append(MaxPoolingLayer(name: name, input: input, output: slot(geometry.output), geometry: geometry))
  }

  package mutating func globalAverage(_ input: Slot, _ name: String = "average") -> Slot {
    let output = slot(Shape(height: 1, width: 1, channels: input.shape.channels), isAlwaysFloat: true)
    return append(GlobalAverageLayer(name: name, input: input, output: output))
  }
}
