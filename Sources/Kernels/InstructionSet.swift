internal import CTiles

/// The instruction sets that the hot loops were compiled for.
package enum InstructionSet: String, Sendable, CaseIterable {
  case avx2
  case avx512
}

extension InstructionSet {
  /// Whether this processor and system can run it.
  package var isAvailable: Bool {
    switch self {
    case .avx2: cas_cpu_has_avx2() != 0
    case .avx512: cas_cpu_has_avx512() != 0
    }
  }

  /// The instruction sets that this machine can run, the fastest last.
  package static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

  /// The instruction set to compute with: the one that the variable `CAS_ISA` of `environment` names, else the
  /// fastest one that the machine has.
  package static func chosen(in environment: [String: String]) throws(InstructionSetError) -> InstructionSet {
    guard let name = environment["CAS_ISA"], !name.isEmpty else { return cas_cpu_has_avx512() != 0 ? .avx512 : .avx2 }
    if name == "amx" { throw .noMatrixKernels }
    guard let set = InstructionSet(rawValue: name) else { throw .unknown(name) }
    guard set.isAvailable else { throw .missing(set) }
    return set
  }
}

/// Why an instruction set that was asked for cannot be used.
package enum InstructionSetError: Error, Equatable {
  case unknown(String)
  case missing(InstructionSet)
  case noMatrixKernels
}

extension InstructionSetError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknown(let name):
      "CAS_ISA is \"\(name)\", which is no instruction set; use avx2 or avx512, or leave it unset."
    case .missing(let set):
      "CAS_ISA asks for \(set.rawValue), which this processor does not have; use avx2 or leave it unset."
    case .noMatrixKernels:
      "CAS_ISA asks for amx, but this build has no AMX kernels; use avx2 or avx512, or leave it unset."
    }
  }
}
