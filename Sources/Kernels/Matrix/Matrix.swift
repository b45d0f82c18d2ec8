internal import COpenBLAS
internal import Foundation

/// A row-major matrix in memory: the first value and the distance between rows.
struct Matrix {
  let base: UnsafePointer<Float>
  let stride: Int
  var transposed = false
}

/// The extents of a product: m x k times k x n.
struct ProductExtents {
  let m: Int
  let n: Int
  let k: Int
}

/// The matrix c of c = alpha a b + beta c, its rows `stride` apart.
struct MatrixTarget {
  let base: UnsafeMutablePointer<Float>
  let stride: Int
  var alpha: Float = 1
  var beta: Float = 0

  init(_ base: UnsafeMutablePointer<Float>, stride: Int, alpha: Float = 1, beta: Float = 0) {
    self.base = base
    self.stride = stride
    self.alpha = alpha
    self.beta = beta
  }
}

/// c = alpha op(a) op(b) + beta c, where op(a) is m x k, op(b) is k x n and c is m x n. One thread, OpenBLAS.
func multiply(_ a: Matrix, _ b: Matrix, _ extents: ProductExtents, _ c: MatrixTarget) {
  guard extents.m > 0, extents.n > 0 else { return }
  cblas_sgemm(
    CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
    blasint(extents.m), blasint(extents.n), blasint(extents.k), c.alpha, a.base, blasint(a.stride), b.base,
    blasint(b.stride), c.beta, c.base, blasint(c.stride))
}

/// The linear algebra library under the kernels.
package enum BLAS {
  private static let configured: Void = {
    openblas_set_num_threads(1)
    chooseCore()
  }()

  /// Turns the library's own threads off, once; the pool's threads call it side by side. A library that does not know this
  /// processor is told what it can do.
  package static func configureOnce() { configured }

  /// Whether the loops of a core type use AVX2 or more. The others run everywhere and are several times slower.
  package static func isFast(core: String) -> Bool {
    ["haswell", "zen", "skylakex", "cooperlake", "sapphirerapids"].contains(core.lowercased())
  }

  /// OpenBLAS older than a processor takes it for one of 2004 (0.3.21 does so with Emerald Rapids), and multiplies at a
  /// sixth of the speed. Where nobody forces a core type, it is made to choose again among those of the instruction sets
  /// that the processor has. Builds for a single core type have no such choice.
  private static func chooseCore() {
    typealias Call = @convention(c) () -> Void
    let variable = "OPENBLAS_CORETYPE"
    let library = dlopen(nil, RTLD_NOW)
    guard !isFast(core: chosenCore), InstructionSet.avx2.isAvailable, getenv(variable) == nil,
      let quit = dlsym(library, "gotoblas_dynamic_quit"), let start = dlsym(library, "gotoblas_dynamic_init")
    else { return }
    let cores = InstructionSet.avx512.isAvailable ? ["SkylakeX", "Haswell"] : ["Haswell"]
    for core in cores where !isFast(core: chosenCore) {
      setenv(variable, core, 1)
      unsafeBitCast(quit, to: Call.self)()
      unsafeBitCast(start, to: Call.self)()
    }
    unsetenv(variable)
  }

  private static var chosenCore: String { String(cString: openblas_get_corename()) }

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
  package static var coreName: String {
    configureOnce()
    return chosenCore
  }

  /// The library's version and build options.
  package static var configuration: String { String(cString: openblas_get_config()) }
}
