internal import COpenBLAS

/// A row-major matrix in memory: the first value and the distance between rows.
struct Matrix {
  let base: UnsafePointer<Float>
  let stride: Int
  var transposed = false
}

/// c = alpha op(a) op(b) + beta c, where op(a) is m x k, op(b) is k x n and c is m x n with rows `stride` apart.
/// One thread, OpenBLAS.
func multiply(
  _ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int, alpha: Float = 1, beta: Float = 0,
  into c: UnsafeMutablePointer<Float>, stride: Int
) {
  guard m > 0, n > 0 else { return }
  cblas_sgemm(
    CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), alpha, a.base, blasint(a.stride), b.base, blasint(b.stride), beta, c,
    blasint(stride))
}

/// The linear algebra library under the kernels.
package enum BLAS {
  private static let configured: Void = openblas_set_num_threads(1)

  /// Turns the library's own threads off, once; the pool's threads call it side by side.
  package static func configureOnce() { configured }

  /// The processor type that the library chose its loops for, part of what a result's bits depend on.
  package static var coreName: String { String(cString: openblas_get_corename()) }

  /// The library's version and build options.
  package static var configuration: String { String(cString: openblas_get_config()) }
}
