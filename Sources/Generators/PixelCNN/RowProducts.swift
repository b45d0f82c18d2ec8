import Foundation
import Kernels

/// Matrix products of one thread whose rows are the same bits in any company, so that a pixel computed alone is the pixel
/// computed with all others.
struct RowProducts: Sendable {
  private let execution: Execution

  init(_ shape: PixelCNNShape) {
    var scratch = ScratchSize()
    for matrix in shape.matrices { scratch.formUnion(linearScratch(matrix)) }
    let set = (try? InstructionSet.chosen(in: ProcessInfo.processInfo.environment)) ?? .avx2
    execution = Execution(pool: ThreadPool(threads: 1), table: .table(for: set), scratch: scratch)
  }

  private func tensor(_ base: UnsafePointer<Float>, _ rows: Int, _ columns: Int) -> Tensor {
    Tensor(
      base: UnsafeMutablePointer(mutating: base), images: rows, shape: Shape(height: 1, width: 1, channels: columns))
  }

  /// `rows` rows times the weights, plus a bias where there is one.
  func multiply(
    _ rows: UnsafePointer<Float>, _ count: Int, by weights: UnsafePointer<Float>, _ size: LinearGeometry,
    bias: UnsafePointer<Float>? = nil, into target: UnsafeMutablePointer<Float>
  ) {
    multiplyLinear(
      tensor(rows, count, size.inputs), weights: weights, bias: bias, into: tensor(target, count, size.outputs),
      geometry: size, on: execution)
  }

  /// The gradient with respect to the rows, written or added.
  func multiplyBackward(
    _ gradient: UnsafePointer<Float>, _ count: Int, by weights: UnsafePointer<Float>, _ size: LinearGeometry,
    accumulating: Bool = false, into target: UnsafeMutablePointer<Float>
  ) {
    multiplyLinearBackwardData(
      tensor(gradient, count, size.outputs), weights: weights, into: tensor(target, count, size.inputs),
      accumulating: accumulating, geometry: size, on: execution)
  }

  /// The gradient with respect to the weights and the bias, written.
  func multiplyBackwardWeights(
    _ gradient: UnsafePointer<Float>, _ count: Int, rows: UnsafePointer<Float>, _ size: LinearGeometry,
    into target: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>? = nil
  ) {
    multiplyLinearBackwardWeights(
      tensor(gradient, count, size.outputs), input: tensor(rows, count, size.inputs), into: target, bias: bias,
      geometry: size, on: execution)
  }
}

extension PixelCNNShape {
  func vertical(_ layer: PixelCNNLayer) -> LinearGeometry {
    LinearGeometry(inputs: layer.verticalInputs, outputs: 2 * width)
  }
  func horizontal(_ layer: PixelCNNLayer) -> LinearGeometry {
    LinearGeometry(inputs: layer.horizontalInputs, outputs: 2 * width)
  }
  var link: LinearGeometry { LinearGeometry(inputs: 2 * width, outputs: 2 * width) }
  var square: LinearGeometry { LinearGeometry(inputs: width, outputs: width) }
  var output: LinearGeometry { LinearGeometry(inputs: width, outputs: head.outputs) }

  fileprivate var matrices: [LinearGeometry] {
    layers.flatMap { [vertical($0), horizontal($0)] } + [link, square, output]
  }
}
