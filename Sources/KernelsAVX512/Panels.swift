/// Copies `columns` (at most 16) columns of a row-major matrix with `k` rows into a panel of k x 16 values, filled up
/// with zeros. With `transposed` they are rows of the matrix instead.
@inline(never)
package func packPanel(
  _ matrix: UnsafePointer<Float>, _ stride: Int, _ transposed: Bool, _ k: Int, _ columns: Int,
  _ panel: UnsafeMutablePointer<Float>
) {
  var index = 0
  while index < k {
    let target = panel + index * 16
    if transposed {
      var column = 0
      while column < columns {
        target[column] = matrix[column * stride + index]
        column += 1
      }
    } else {
      copy(matrix + index * stride, target, columns)
    }
    clear(target + columns, 16 - columns)
    index += 1
  }
}

@inline(__always)
private func storeRow(
  _ sums: Vector, _ row: Int, _ rows: Int, _ columns: Int, _ accumulating: Bool,
  _ target: UnsafeMutablePointer<Float>, _ stride: Int
) {
  guard row < rows else { return }
  let place = target + row * stride
  if columns == 16 {
    store(accumulating ? load(place) + sums : sums, place)
  } else {
    var column = 0
    while column < columns {
      place[column] = accumulating ? place[column] + sums[column] : sums[column]
      column += 1
    }
  }
}

/// Writes (or adds) the product of a rows x k matrix and one panel of `columns` columns.
///
/// Every result is one sum over k in order, wherever its row stands among the others: where fewer than six rows are
/// left, the last one is computed again in the places of the missing ones.
@inline(never)
package func multiplyPanel(
  _ matrix: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ k: Int, _ panel: UnsafePointer<Float>,
  _ columns: Int, _ accumulating: Bool, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int
) {
  var first = 0
  while first < rows {
    let left = rows - first
    let row0 = matrix + first * stride
    let row1 = row0 + min(1, left - 1) * stride
    let row2 = row0 + min(2, left - 1) * stride
    let row3 = row0 + min(3, left - 1) * stride
    let row4 = row0 + min(4, left - 1) * stride
    let row5 = row0 + min(5, left - 1) * stride
    var sum0 = Vector.zero
    var sum1 = Vector.zero
    var sum2 = Vector.zero
    var sum3 = Vector.zero
    var sum4 = Vector.zero
    var sum5 = Vector.zero
    var index = 0
    while index < k {
      let values = load(panel + index * 16)
      sum0.addProduct(values, Vector(repeating: row0[index]))
      sum1.addProduct(values, Vector(repeating: row1[index]))
      sum2.addProduct(values, Vector(repeating: row2[index]))
      sum3.addProduct(values, Vector(repeating: row3[index]))
      sum4.addProduct(values, Vector(repeating: row4[index]))
      sum5.addProduct(values, Vector(repeating: row5[index]))
      index += 1
    }
    let place = target + first * targetStride
    storeRow(sum0, 0, left, columns, accumulating, place, targetStride)
    storeRow(sum1, 1, left, columns, accumulating, place, targetStride)
    storeRow(sum2, 2, left, columns, accumulating, place, targetStride)
    storeRow(sum3, 3, left, columns, accumulating, place, targetStride)
    storeRow(sum4, 4, left, columns, accumulating, place, targetStride)
    storeRow(sum5, 5, left, columns, accumulating, place, targetStride)
    first += 6
  }
}
