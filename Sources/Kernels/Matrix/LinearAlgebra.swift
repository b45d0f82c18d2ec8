internal import COpenBLAS

/// A row-major matrix of doubles in memory: the first value and the distance between rows.
package struct DoubleMatrix {
  package let base: UnsafePointer<Double>
  package let stride: Int
  package var isTransposed = false

  package init(_ base: UnsafePointer<Double>, stride: Int, isTransposed: Bool = false) {
    self.base = base
    self.stride = stride
    self.isTransposed = isTransposed
  }
}

/// c = alpha op(a) op(b) + beta c in double precision, where op(a) is m x k, op(b) is k x n and c is m x n with rows
/// `stride` apart. One thread, OpenBLAS.
package func multiply(
  _ a: DoubleMatrix, _ b: DoubleMatrix, m: Int, n: Int, k: Int, alpha: Double = 1, beta: Double = 0,
  into c: UnsafeMutablePointer<Double>, stride: Int
) {
  guard m > 0, n > 0 else { return }
  BLAS.configureOnce()
  cblas_dgemm(
    CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), alpha, a.base, blasint(a.stride), b.base, blasint(b.stride), beta, c,
    blasint(stride))
}

/// The inner products of the rows of `a` (m x k) with each other in double precision, on and above the diagonal of `c`
/// (m x m); what is below stays. One thread, OpenBLAS.
package func upperInnerProducts(
  _ a: UnsafePointer<Double>, m: Int, k: Int, into c: UnsafeMutablePointer<Double>
) {
  guard m > 0 else { return }
  BLAS.configureOnce()
  cblas_dsyrk(
    CblasRowMajor, CblasUpper, CblasNoTrans, blasint(m), blasint(k), 1, a, blasint(k), 0, c, blasint(m))
}

/// The inner product of every row of `a` (m x k) with every row of `b` (n x k), m x n numbers in single precision.
/// One thread, OpenBLAS.
package func innerProducts(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, m: Int, n: Int, k: Int, into c: UnsafeMutablePointer<Float>
) {
  BLAS.configureOnce()
  multiply(
    Matrix(base: a, stride: k), Matrix(base: b, stride: k, transposed: true), ProductExtents(m: m, n: n, k: k),
    MatrixTarget(c, stride: n))
}

/// The eigenvalues of a symmetric matrix of this order, ascending; nil where LAPACK's iteration does not converge. With
/// `vectors`, row i of `matrix` becomes the eigenvector of value i; otherwise its contents are lost. One thread.
package func symmetricEigenvalues(
  _ matrix: UnsafeMutablePointer<Double>, order: Int, vectors: Bool
) -> [Double]? {
  guard order > 0 else { return [] }
  BLAS.configureOnce()
  var n = blasint(order)
  var values = [Double](repeating: 0, count: order)
  var info: blasint = 0
  func solve(_ work: UnsafeMutablePointer<Double>, _ length: Int, _ more: UnsafeMutablePointer<blasint>, _ count: Int) {
    var (length, count) = (blasint(length), blasint(count))
    // Row-major and column-major are the same for a symmetric matrix; the eigenvectors then come as rows.
    dsyevd_(vectors ? "V" : "N", "U", &n, matrix, &n, &values, work, &length, more, &count, &info, 1, 1)
  }
  var best = 0.0
  var bestCount: blasint = 0
  solve(&best, -1, &bestCount, -1)
  guard info == 0 else { return nil }
  var work = [Double](repeating: 0, count: max(1, Int(best)))
  var more = [blasint](repeating: 0, count: max(1, Int(bestCount)))
  solve(&work, work.count, &more, more.count)
  return info == 0 ? values : nil
}

/// The singular values of a matrix, descending; nil where LAPACK's iteration does not converge. The contents of
/// `matrix` are lost. One thread.
package func singularValues(_ matrix: UnsafeMutablePointer<Double>, rows: Int, columns: Int) -> [Double]? {
  guard rows > 0, columns > 0 else { return [] }
  BLAS.configureOnce()
  // LAPACK sees the transposed matrix, which has the same values.
  var (m, n, one, info) = (blasint(columns), blasint(rows), blasint(1), blasint(0))
  var values = [Double](repeating: 0, count: min(rows, columns))
  var more = [blasint](repeating: 0, count: 8 * min(rows, columns))
  var nothing = 0.0
  func solve(_ work: UnsafeMutablePointer<Double>, _ length: Int) {
    var length = blasint(length)
    withUnsafeMutablePointer(to: &nothing) { none in
      dgesdd_("N", &m, &n, matrix, &m, &values, none, &one, none, &one, work, &length, &more, &info, 1)
    }
  }
  var best = 0.0
  solve(&best, -1)
  guard info == 0 else { return nil }
  var work = [Double](repeating: 0, count: max(1, Int(best)))
  solve(&work, work.count)
  return info == 0 ? values : nil
}

/// Replaces the lower triangle of a symmetric positive definite matrix by its Cholesky factor L, where the matrix is
/// L Lᵀ; what is above the diagonal stays. Row-major, one thread, LAPACK.
///
/// - Returns: false where the matrix is not positive definite; its contents are then lost.
package func factorCholesky(_ matrix: UnsafeMutablePointer<Double>, order: Int) -> Bool {
  guard order > 0 else { return true }
  BLAS.configureOnce()
  var (n, info) = (blasint(order), blasint(0))
  // The lower triangle in rows is the upper one in columns.
  dpotrf_("U", &n, matrix, &n, &info, 1)
  return info == 0
}

/// Which triangular equations are solved for the rows of a matrix.
package enum TriangularSide: Sendable {
  /// Z Lᵀ = B: row z solves L z = b.
  case factor
  /// Z L = B: row z solves Lᵀ z = b.
  case transposed
}

/// Replaces the rows of `values` (rows x order) by the solutions with a lower triangular matrix in rows. One thread,
/// OpenBLAS.
package func solveTriangular(
  _ lower: UnsafePointer<Double>, order: Int, _ side: TriangularSide, rows: Int, _ values: UnsafeMutablePointer<Double>
) {
  guard rows > 0, order > 0 else { return }
  BLAS.configureOnce()
  cblas_dtrsm(
    CblasRowMajor, CblasRight, CblasLower, side == .factor ? CblasTrans : CblasNoTrans, CblasNonUnit, blasint(rows),
    blasint(order), 1, lower, blasint(order), values, blasint(order))
}
