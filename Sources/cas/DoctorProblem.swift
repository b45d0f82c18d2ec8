import Foundation
import Kernels

/// Something about this machine or this build that costs speed or stops a run, and what to do about it.
struct DoctorProblem: Encodable, Equatable {
  let finding: String
  let remedy: String
}

extension DoctorProblem {
  /// The problems in the findings, the gravest first.
  /// - Parameter wrongChoice: why the kernels that `CAS_ISA` names cannot be had, nil when they can.
  static func all(
    instructionSets: [DoctorFindings.InstructionSetFinding], wrongChoice: String?, environment: [String: String],
    blas: DoctorFindings.BLASFinding, memory: DoctorFindings.MemoryFinding
  ) -> [DoctorProblem] {
    var problems: [DoctorProblem] = []
    func add(_ finding: String, _ remedy: String) { problems.append(DoctorProblem(finding: finding, remedy: remedy)) }

    if let wrongChoice { add(wrongChoice, "Unset CAS_ISA, and the best kernels that this machine has are taken.") }
    if memory.available < 1 << 30 {
      add(
        "Less than 1 GiB of memory is free, and a training may be killed.",
        "End other programs or raise the container's limit, or train with a smaller --batch-size.")
    }
    if !BLAS.isFast(core: blas.core) {
      add(
        "OpenBLAS uses its kernels for \(blas.core), which make no use of AVX2.",
        environment["OPENBLAS_CORETYPE"] == nil
          ? "Install a newer OpenBLAS that knows this processor, or set OPENBLAS_CORETYPE=Haswell."
          : "Unset OPENBLAS_CORETYPE, or set it to Haswell.")
    }
    func has(_ name: String) -> Bool { instructionSets.contains { $0.name == name && $0.present } }
    if wrongChoice == nil, let wish = environment["CAS_ISA"], !wish.isEmpty {
      let unused = has("AMX bf16") && wish != "amx" ? "AMX" : has("AVX-512") && wish == "avx2" ? "AVX-512" : nil
      if let unused {
        add(
          "CAS_ISA=\(wish) keeps the kernels from using \(unused).", "Unset CAS_ISA, unless a run is to be reproduced.")
      }
    }
    return problems
  }
}
