/// y = max(x, 0). NaN stays NaN, so that a diverged training is seen. x and y may be the same memory.
@inline(never)
package func rectify(_ input: UnsafePointer<Float>, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
  var at = 0
  while at + 16 <= count {
    let value = load(input + at)
    store(value.replacing(with: 0, where: value .< .zero), output + at)
    at += 16
  }
  while at < count {
    let value = input[at]
    output[at] = value < 0 ? 0 : value
    at += 1
  }
}

/// dx = dy where y > 0, else 0; added to dx where `accumulating`. dx and dy may be the same memory.
@inline(never)
package func rectifyBackward(
  _ gradient: UnsafePointer<Float>, _ output: UnsafePointer<Float>, _ count: Int, _ accumulating: Bool,
  _ result: UnsafeMutablePointer<Float>
) {
  var at = 0
  while at + 16 <= count {
    var value = Vector.zero.replacing(with: load(gradient + at), where: load(output + at) .> .zero)
    if accumulating { value += load(result + at) }
    store(value, result + at)
    at += 16
  }
  while at < count {
    let value = output[at] > 0 ? gradient[at] : 0
    result[at] = accumulating ? value + result[at] : value
    at += 1
  }
}

/// y = a + b, then max(y, 0) where `rectified`. y may be the same memory as a or b.
@inline(never)
package func add(
  _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, _ count: Int, _ rectified: Bool,
  _ output: UnsafeMutablePointer<Float>
) {
  var at = 0
  while at + 16 <= count {
    var value = load(first + at) + load(second + at)
    if rectified { value.replace(with: 0, where: value .< .zero) }
    store(value, output + at)
    at += 16
  }
  while at < count {
    let value = first[at] + second[at]
    output[at] = rectified && value < 0 ? 0 : value
    at += 1
  }
}

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
