internal import Datasets
internal import Kernels

/// What a cached result depends on besides its inputs: this very program and its BLAS.
///
/// The commit does not say it: a build may hold changes that are not committed, or not know its commit at all.
enum ProgramIdentity {
  /// SHA-256 of the running executable and of BLAS's own words about itself; nil where the executable cannot be read.
  static let current: String? = {
    guard let program = try? InputFile.contents(of: "/proc/self/exe") else { return nil }
    BLAS.configureOnce()
    return Digest.hexadecimal(of: Array("\(Digest.hexadecimal(of: program)) \(BLAS.configuration)".utf8))
  }()
}
