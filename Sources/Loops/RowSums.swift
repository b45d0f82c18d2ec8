package import LoopTypes

extension Loops {
  /// Adds one row to each row of a matrix.
  @inline(never)
  package static func addToRows(
    _ row: UnsafePointer<Float>, _ extents: MatrixExtents, accumulating matrix: UnsafeMutablePointer<Float>
  ) {
    var index = 0
    while index < extents.rows {
      addTo(row, matrix + index * extents.columns, extents.columns)
      index += 1
    }
  }
}

extension Loops {
  /// Writes the sum of `number` vectors of `count` values that lie `pitch` apart, added in their order.
  @inline(never)
  package static func sumParts(
    _ parts: UnsafePointer<Float>, number: Int, pitch: Int, count: Int, into output: UnsafeMutablePointer<Float>
  ) {
    var at = 0
    while at + 16 <= count {
      var total = load(parts + at)
      var part = 1
      while part < number {
        total += load(parts + part * pitch + at)
        part += 1
      }
      store(total, output + at)
      at += 16
    }
    while at < count {
      var total = parts[at]
      var part = 1
      while part < number {
        total += parts[part * pitch + at]
        part += 1
      }
      output[at] = total
      at += 1
    }
  }
}
