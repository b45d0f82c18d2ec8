package import LoopTypes

extension Loops {
  /// y = (x - mean) / sqrt(variance + epsilon) scale + shift for each of `rows` rows of `columns` values, mean and variance
  /// being the row's own (Ba, Kiros, Hinton 2016). x and y may be the same memory.
  @inline(never)
  package static func normalizeLayers(
    _ input: UnsafePointer<Float>, _ extents: MatrixExtents, by scaling: LayerScaling,
    into output: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns, scale, shift) = (extents.rows, extents.columns, scaling.scale, scaling.shift)
    var row = 0
    while row < rows {
      let source = input + row * columns
      let target = output + row * columns
      let mean = sum(source, columns) { $0 } / Float(columns)
      let variance = sum(source, columns) { ($0 - mean) * ($0 - mean) } / Float(columns)
      let factor = 1 / (variance + scaling.epsilon).squareRoot()
      var at = 0
      while at + 16 <= columns {
        let value = (load(source + at) - mean) * factor
        store(load(shift + at).addingProduct(value, load(scale + at)), target + at)
        at += 16
      }
      while at < columns {
        target[at] = shift[at].addingProduct((source[at] - mean) * factor, scale[at])
        at += 1
      }
      row += 1
    }
  }
}

@inline(__always)
private func sum(_ source: UnsafePointer<Float>, _ count: Int, _ term: (Vector) -> Vector) -> Float {
  var sums = Vector.zero
  var at = 0
  while at + 16 <= count {
    sums += term(load(source + at))
    at += 16
  }
  var total: Float = 0
  var lane = 0
  while at + lane < count {
    total += term(Vector(repeating: source[at + lane]))[0]
    lane += 1
  }
  lane = 0
  while lane < 16 {
    total += sums[lane]
    lane += 1
  }
  return total
}
