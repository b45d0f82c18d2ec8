internal import LoopTypes

/// The k x n matrix that many rows are multiplied by: weights.
///
/// BLAS rounds a row's result differently depending on how many rows there are and where among them it stands. That is
/// no matter where a product has the rows of one image. Where several images share a product, the matrix is packed into
/// panels of 16 columns, and a loop of our own gives each row the same bits in any company.
struct RightMatrix {
  let matrix: Matrix
  let k: Int
  let n: Int
  /// The panels, where the matrix is packed.
  private let panels: UnsafePointer<Float>?

  /// Packed matrices occupy `packedCount` floats of the shared scratch, from `offset` on.
  init(_ matrix: Matrix, k: Int, n: Int, packedAt offset: Int?, on execution: Execution) {
    self.matrix = matrix
    self.k = k
    self.n = n
    guard let offset else {
      panels = nil
      return
    }
    let panels = execution.scratch.shared(offset + Self.packedCount(k: k, n: n)) + offset
    execution.pool.run(chunks: (n + 15) / 16) { panel, _ in
      let column = panel * 16
      execution.floats.packPanel(
        matrix.base + (matrix.transposed ? column * matrix.stride : column),
        PackingExtents(
          k: k, columns: min(16, n - column), stride: matrix.stride, isTransposed: matrix.transposed),
        into: panels + column * k)
    }
    self.panels = UnsafePointer(panels)
  }

  static func packedCount(k: Int, n: Int) -> Int { (n + 15) / 16 * 16 * k }

  /// Writes (or adds) the product of `rows` rows of k values with this matrix; both without gaps between rows.
  func multiply(
    _ left: UnsafePointer<Float>, rows: Int, accumulating: Bool, into target: UnsafeMutablePointer<Float>,
    _ floats: any FloatLoops.Type
  ) {
    guard let panels else {
      Kernels.multiply(
        Matrix(base: left, stride: k), matrix, ProductExtents(m: rows, n: n, k: k),
        MatrixTarget(target, stride: n, beta: accumulating ? 1 : 0))
      return
    }
    floats.packedGEMM(
      left, by: panels, PackedGEMMExtents(rows: rows, k: k, columns: n), accumulating: accumulating, into: target)
  }
}
