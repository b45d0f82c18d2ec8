/// Adds up the kernel (g · scale + 1)³ over a block of inner products g, `rows` x `columns` without gaps: by row and by
/// column; returns the sum of its squares. In double precision, in an order that depends on the shape only.
package func sumCubicKernel(
  _ products: UnsafePointer<Double>, rows: Int, columns: Int, scale: Double,
  rowSums: UnsafeMutablePointer<Double>, columnSums: UnsafeMutablePointer<Double>
) -> Double {
  var squares = SIMD8<Double>.zero
  var rest = 0.0
  let whole = columns / 8 * 8
  let factor = SIMD8<Double>(repeating: scale)
  for row in 0..<rows {
    let line = UnsafeRawPointer(products + row * columns)
    let below = UnsafeMutableRawPointer(columnSums)
    var sums = SIMD8<Double>.zero
    for column in stride(from: 0, to: whole, by: 8) {
      let base = SIMD8<Double>(repeating: 1).addingProduct(
        line.loadUnaligned(fromByteOffset: column * 8, as: SIMD8<Double>.self), factor)
      let value = base * base * base
      sums += value
      squares.addProduct(value, value)
      let old = below.loadUnaligned(fromByteOffset: column * 8, as: SIMD8<Double>.self)
      below.storeBytes(of: old + value, toByteOffset: column * 8, as: SIMD8<Double>.self)
    }
    var total = sums.sum()
    for column in whole..<columns {
      let base = 1 + products[row * columns + column] * scale
      let value = base * base * base
      total += value
      rest += value * value
      columnSums[column] += value
    }
    rowSums[row] += total
  }
  return squares.sum() + rest
}
