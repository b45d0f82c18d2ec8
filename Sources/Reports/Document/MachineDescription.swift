package import Metrics

/// The machine and the build that made a report.
package struct MachineDescription: Codable, Sendable, Equatable {
  package var cpu: String
  package var threads: Int
  /// The path that the kernels took: "avx2", "avx512" or "amx".
  package var instructionSet: String
  /// The format of feature maps: "fp32" or "bf16"; null in reports of earlier versions.
  @ExplicitNull package var precision: String?
  /// The BLAS library with its version.
  package var blas: String
  /// The core type for which BLAS chose its kernels.
  package var blasCore: String
  package var memoryBytes: Int
  package var os: String

  package init(
    cpu: String, threads: Int, instructionSet: String, precision: String?, blas: String, blasCore: String,
    memoryBytes: Int, os: String
  ) {
    self.cpu = cpu
    self.threads = threads
    self.instructionSet = instructionSet
    self.precision = precision
    self.blas = blas
    self.blasCore = blasCore
    self.memoryBytes = memoryBytes
    self.os = os
  }
}
