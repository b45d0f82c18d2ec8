package import LoopTypes

extension Loops {
  /// y = f(x + b) for `rows` rows of `columns` values, b being one value for each column or absent. x and y may be the same
  /// memory.
  @inline(never)
  package static func activateRows(
    _ input: UnsafePointer<Float>, _ extents: MatrixExtents, bias: UnsafePointer<Float>?,
    by function: ActivationFunction, into output: UnsafeMutablePointer<Float>
  ) {
    switch function {
    case .identity: mapRows(input, extents, bias, output) { $0 }
    case .rectifier: mapRows(input, extents, bias, output) { $0.replacing(with: 0, where: $0 .< .zero) }
    case .rectifier6:
      mapRows(input, extents, bias, output) {
        $0.replacing(with: 0, where: $0 .< .zero).replacing(with: 6, where: $0 .> Vector(repeating: 6))
      }
    case .sigmoidLinear: mapRows(input, extents, bias, output) { $0 * logistic($0) }
    case .gaussianErrorLinear:
      mapRows(input, extents, bias, output) { $0 * 0.5 * (errorFunction($0 * 0.707_106_781) + 1) }
    case .quickGaussianErrorLinear: mapRows(input, extents, bias, output) { $0 * logistic($0 * 1.702) }
    }
  }
}

@inline(__always)
private func mapRows(
  _ input: UnsafePointer<Float>, _ extents: MatrixExtents, _ bias: UnsafePointer<Float>?,
  _ output: UnsafeMutablePointer<Float>, _ function: (Vector) -> Vector
) {
  let (rows, columns) = (extents.rows, extents.columns)
  var row = 0
  while row < rows {
    let source = input + row * columns
    let target = output + row * columns
    var at = 0
    while at + 16 <= columns {
      var value = load(source + at)
      if let bias { value += load(bias + at) }
      store(function(value), target + at)
      at += 16
    }
    if at < columns {
      var rest = Vector.zero
      var lane = 0
      while at + lane < columns {
        rest[lane] = source[at + lane] + (bias.map { $0[at + lane] } ?? 0)
        lane += 1
      }
      rest = function(rest)
      lane = 0
      while at + lane < columns {
        target[at + lane] = rest[lane]
        lane += 1
      }
    }
    row += 1
  }
}

/// σ(x) = 1 / (1 + e^-x), by e^-|x| so that nothing overflows.
@inline(__always)
private func logistic(_ x: Vector) -> Vector {
  let power = exponential((-x).replacing(with: x, where: x .< .zero))
  let one = Vector(repeating: 1)
  return one.replacing(with: power, where: x .< .zero) / (one + power)
}

/// erf(x) to a few units in the last place: the rational function in x² that Eigen uses for floats, on -4...4, beyond
/// which a float's erf is ±1.
@inline(__always)
private func errorFunction(_ x: Vector) -> Vector {
  let four = Vector(repeating: 4)
  let x = x.replacing(with: four, where: x .> four).replacing(with: -four, where: x .< -four)
  let square = x * x
  var p = Vector(repeating: -2.726_142_258_013_06e-10)
  p = Vector(repeating: 2.770_681_424_959_02e-8).addingProduct(p, square)
  p = Vector(repeating: -2.101_024_020_825_08e-6).addingProduct(p, square)
  p = Vector(repeating: -5.692_506_394_623_46e-5).addingProduct(p, square)
  p = Vector(repeating: -7.349_906_303_268_55e-4).addingProduct(p, square)
  p = Vector(repeating: -2.954_599_808_540_25e-3).addingProduct(p, square)
  p = Vector(repeating: -1.609_603_332_624_15e-2).addingProduct(p, square)
  var q = Vector(repeating: -1.456_607_184_649_96e-5)
  q = Vector(repeating: -2.133_740_552_789_05e-4).addingProduct(q, square)
  q = Vector(repeating: -1.682_826_974_382_03e-3).addingProduct(q, square)
  q = Vector(repeating: -7.373_329_167_204_68e-3).addingProduct(q, square)
  q = Vector(repeating: -1.426_473_905_141_89e-2).addingProduct(q, square)
  return x * p / q
}
