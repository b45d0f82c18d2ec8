/// Copies `columns` (at most 16) columns of a row-major matrix with `k` rows into a panel of k x 16 values, filled up
/// with zeros. With `transposed` they are rows of the matrix instead.
@inline(never)
package func packPanel(
  _ matrix: UnsafePointer<Float>, _ stride: Int, _ transposed: Bool, _ k: Int, _ columns: Int,
  _ panel: UnsafeMutablePointer<Float>
) {
  if transposed { transpose(matrix, stride, columns, k, panel, 16) }
  var index = 0
  while index < k {
    let target = panel + index * 16
    if !transposed { copy(matrix + index * stride, target, columns) }
    clear(target + columns, 16 - columns)
    index += 1
  }
}
