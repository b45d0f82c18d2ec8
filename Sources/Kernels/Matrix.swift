internal import COpenBLAS
internal import Foundation

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

  /// Ends the program with a sentence where a limit on addresses (`ulimit -v`) leaves no room for the library's buffers,
  /// one for each thread that multiplies: it asks for them for ever.
  package static func requireRoom(threads: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else {
      return
    }
    let bytes = threads * buffer
    let place = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard place == MAP_FAILED else {
      munmap(place, bytes)
      return
    }
    end(
      refused:
        "The limit of \(limit.rlim_cur >> 20) MiB on this process's addresses (ulimit -v) leaves no room for the "
        + "\(bytes >> 20) MiB of buffers that OpenBLAS takes for \(threads == 1 ? "a thread" : "\(threads) threads"). Raise "
        + "it, or take fewer --threads.")
  }

  /// Of OpenBLAS 0.3 on x86-64: 128 MiB and a page.
  private static let buffer = 134_221_824

  /// The processor type that the library chose its loops for, part of what a result's bits depend on.
  package static var coreName: String { String(cString: openblas_get_corename()) }

  /// The library's version and build options.
  package static var configuration: String { String(cString: openblas_get_config()) }
}
