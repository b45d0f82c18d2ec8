package import LoopTypes

extension Loops {
  /// Copies at most 16 columns of a row-major matrix with `k` rows into a panel of k x 16 values, filled up
  /// with zeros. Transposed they are rows of the matrix instead.
  @inline(never)
  package static func packPanel(
    _ matrix: UnsafePointer<Float>, _ extents: PackingExtents, into panel: UnsafeMutablePointer<Float>
  ) {
    let (k, columns, stride) = (extents.k, extents.columns, extents.stride)
    if extents.isTransposed {
      transpose(matrix, TransposeExtents(rows: columns, columns: k, stride: stride, targetStride: 16), into: panel)
    }
    var index = 0
    while index < k {
      let target = panel + index * 16
      if !extents.isTransposed { copy(matrix + index * stride, target, columns) }
      clear(target + columns, 16 - columns)
      index += 1
    }
  }
}
