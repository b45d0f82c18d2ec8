/// Adds one row of `columns` values to each row of a matrix.
@inline(never)
package func addToRows(
  _ row: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ matrix: UnsafeMutablePointer<Float>
) {
  var index = 0
  while index < rows {
    addTo(row, matrix + index * columns, columns)
    index += 1
  }
}

/// Writes the sum of `parts` vectors of `count` values that lie `distance` apart, added in their order.
@inline(never)
package func sumParts(
  _ parts: UnsafePointer<Float>, _ number: Int, _ distance: Int, _ count: Int,
  _ output: UnsafeMutablePointer<Float>
) {
  var at = 0
  while at + 16 <= count {
    var total = load(parts + at)
    var part = 1
    while part < number {
      total += load(parts + part * distance + at)
      part += 1
    }
    store(total, output + at)
    at += 16
  }
  while at < count {
    var total = parts[at]
    var part = 1
    while part < number {
      total += parts[part * distance + at]
      part += 1
    }
    output[at] = total
    at += 1
  }
}
