internal import Datasets
internal import Kernels

/// The identity of the program and its BLAS, on which cached results depend besides their inputs.
///
/// The commit is not enough: a build may hold uncommitted changes, or not know its commit.
enum ProgramIdentity {
  /// SHA-256 of the running executable and of BLAS's description of itself; nil if the executable cannot be read.
  static let current: String? = {
    guard let program = try? InputFile.contents(of: "/proc/self/exe") else { return nil }
    BLAS.configureOnce()
    return Digest.hexadecimal(of: Array("\(Digest.hexadecimal(of: program)) \(BLAS.configuration)".utf8))
  }()
}
