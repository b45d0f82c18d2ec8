import CGuard
import CTiles
import Datasets
import Foundation
import Images
import Kernels

/// What `cas doctor` found out about the machine and the build. It is measured once, when it is made.
struct DoctorFindings: Encodable {
  let commit: String
  let processor: String
  let instructionSets: [InstructionSetFinding]
  /// The x86-64 level, 3 or 4, that everything but the hot loops is compiled for.
  let compiledLevel: Int
  /// The path that the kernels take, or nil where `CAS_ISA` asks for one that cannot be had.
  let kernels: String?
  let blas: BLASFinding
  /// The libraries that decode, with the versions in use.
  let codecs: [String: String]
  let threads: ThreadsFinding
  /// Nil where the system does not say.
  let memory: MemoryFinding
  let problems: [DoctorProblem]

  /// A group of instructions that the build has code for, and whether this machine can run it.
  struct InstructionSetFinding: Encodable {
    let name: String
    let present: Bool
  }

  /// The library for matrix products, in its own words.
  struct BLASFinding: Encodable {
    let core: String
    let configuration: String
  }

  /// Threads that the process may run at once, and the processors that a container's quota grants, of which their number is
  /// the whole part; nil without one.
  struct ThreadsFinding: Encodable {
    let available: Int
    let quota: Double?
  }

  /// Bytes, of the machine or of the container's limit, whichever is less.
  struct MemoryFinding: Encodable {
    let total: Int
    let available: Int
  }
}

extension DoctorFindings {
  init() {
    commit = String(cString: cas_commit())
    processor = Self.processorName()
    instructionSets = [
      InstructionSetFinding(name: "AVX2", present: cas_cpu_missing(nil, 0) == 0),
      InstructionSetFinding(name: "AVX-512", present: cas_cpu_has_avx512() != 0),
      InstructionSetFinding(name: "AVX-512 bf16", present: cas_cpu_has_avx512_bf16() != 0),
      InstructionSetFinding(name: "AMX bf16", present: InstructionSet.amx.isAvailable),
    ]
    compiledLevel = Int(cas_compiled_level())
    let environment = ProcessInfo.processInfo.environment
    var wrongChoice: String?
    do {
      kernels = try InstructionSet.chosen(in: environment).rawValue
    } catch {
      kernels = nil
      wrongChoice = "\(error)"
    }
    BLAS.configureOnce()
    blas = BLASFinding(core: BLAS.coreName, configuration: BLAS.configuration)
    codecs = ["libpng": PNG.version, "libjpeg-turbo": JPEG.version, "zlib": Zlib.version]
    threads = ThreadsFinding(available: ThreadPool.available, quota: ControlGroup.processors())
    memory = MemoryFinding(total: AvailableMemory.total, available: AvailableMemory.bytes)
    problems = DoctorProblem.all(
      instructionSets: instructionSets, wrongChoice: wrongChoice, environment: environment, blas: blas,
      memory: memory)
  }

  private static func processorName() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
      guard let start = name.baseAddress else { return "" }
      cas_cpu_brand(start)
      return String(cString: start)
    }
  }
}
