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

  /// `packed` matrices occupy `packedCount` floats of the shared scratch, from `offset` on.
  init(_ matrix: Matrix, k: Int, n: Int, packed: Bool, at offset: Int, on execution: Execution) {
    self.matrix = matrix
    self.k = k
    self.n = n
    guard packed else {
      panels = nil
      return
    }
    let panels = execution.scratch.shared(offset + Self.packedCount(k: k, n: n)) + offset
    execution.pool.run(chunks: (n + 15) / 16) { panel, _ in
      let column = panel * 16
      execution.table.packPanel(
        matrix.base + (matrix.transposed ? column * matrix.stride : column), matrix.stride, matrix.transposed, k,
        min(16, n - column), panels + column * k)
    }
    self.panels = UnsafePointer(panels)
  }

  static func packedCount(k: Int, n: Int) -> Int { (n + 15) / 16 * 16 * k }

  /// Writes (or adds) the product of `rows` rows of k values with this matrix; both without gaps between rows.
  func multiply(
    _ left: UnsafePointer<Float>, rows: Int, accumulating: Bool, into target: UnsafeMutablePointer<Float>,
    _ table: KernelTable
  ) {
    guard let panels else {
      Kernels.multiply(
        Matrix(base: left, stride: k), matrix, m: rows, n: n, k: k, beta: accumulating ? 1 : 0, into: target, stride: n)
      return
    }
    table.multiplyPanels(left, k, 0, 0, rows, rows, 1, 1, 0, k, panels, k * 16, n, accumulating, target, n, 0, 0)
  }
}
