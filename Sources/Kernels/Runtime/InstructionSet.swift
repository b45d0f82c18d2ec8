internal import CTiles

/// The instruction sets that the hot loops were compiled for.
package enum InstructionSet: String, Sendable, CaseIterable {
  case avx2
  case avx512
  /// AVX-512 with bf16 dot products, and AMX tiles for products of bf16 numbers.
  case amx
}

extension InstructionSet {
  /// Whether this processor and system can run it. For AMX this asks the system's permission to use tiles.
  package var isAvailable: Bool {
    switch self {
    case .avx2: cas_cpu_has_avx2() != 0
    case .avx512: cas_cpu_has_avx512() != 0
    case .amx: cas_cpu_has_avx512_bf16() != 0 && cas_cpu_has_amx_bf16() != 0 && cas_tiles_permitted() != 0
    }
  }

  /// The instruction sets that this machine can run, the fastest last.
  package static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

  /// The instruction set to compute with: the one that the variable `CAS_ISA` of `environment` names, else the
  /// fastest one that the machine has.
  package static func chosen(in environment: [String: String]) throws(InstructionSetError) -> InstructionSet {
    guard let name = environment["CAS_ISA"], !name.isEmpty else { return available.last ?? .avx2 }
    guard let set = InstructionSet(rawValue: name) else { throw .unknown(name) }
    guard set.isAvailable else { throw .missing(set) }
    return set
  }
}

/// Why an instruction set that was asked for cannot be used.
package enum InstructionSetError: Error, Equatable {
  case unknown(String)
  case missing(InstructionSet)
}

extension InstructionSetError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknown(let name):
      "CAS_ISA is \"\(name)\", which is no instruction set; use avx2, avx512 or amx, or leave it unset."
    case .missing(.amx):
      "CAS_ISA asks for amx, which this processor or this system does not have; use avx2 or leave it unset."
    case .missing(let set):
      "CAS_ISA asks for \(set.rawValue), which this processor does not have; use avx2 or leave it unset."
    }
  }
}
