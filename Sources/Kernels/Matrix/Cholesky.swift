internal import COpenBLAS

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
