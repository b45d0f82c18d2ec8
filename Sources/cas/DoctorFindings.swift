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
  let memory: MemoryFinding?
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

  /// Threads that the process may run at once, and the processors that a container's quota grants, nil without one.
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
    threads = ThreadsFinding(
      available: ThreadPool.available, quota: ControlGroup.processors(read("/sys/fs/cgroup/cpu.max")))
    memory = ControlGroup.memory(
      information: read("/proc/meminfo"), limit: read("/sys/fs/cgroup/memory.max"),
      used: read("/sys/fs/cgroup/memory.current"))
    problems = DoctorProblem.all(
      instructionSets: instructionSets, wrongChoice: wrongChoice, environment: environment, blas: blas,
      threads: threads, memory: memory)
  }

  private static func processorName() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
      guard let start = name.baseAddress else { return "" }
      cas_cpu_brand(start)
      return String(cString: start)
    }
  }
}

/// The contents of one of the system's small text files, or nothing where there is none.
private func read(_ path: String) -> String {
  (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
}

/// Reads the limits that Linux sets on memory and processors (control groups, version 2).
enum ControlGroup {
  /// The processors that `cpu.max` grants ("200000 100000" is two), or nil without a limit ("max 100000").
  static func processors(_ text: String) -> Double? {
    let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
    return quota / period
  }

  /// Total and available bytes of `/proc/meminfo`, lowered to what `memory.max` and `memory.current` leave.
  static func memory(information: String, limit: String, used: String) -> DoctorFindings.MemoryFinding? {
    func bytes(_ key: String) -> Int? {
      for line in information.split(separator: "\n") where line.hasPrefix(key + ":") {
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
          .flatMap { kibibytes in
            let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
            return overflow ? nil : bytes
          }
      }
      return nil
    }
    guard let total = bytes("MemTotal"), let available = bytes("MemAvailable") else { return nil }
    func number(_ text: String) -> Int? { Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) }
    guard let limit = number(limit), limit > 0, limit < total else { return .init(total: total, available: available) }
    let left = number(used).map { max(0, limit - max(0, $0)) } ?? limit
    return .init(total: limit, available: min(available, left))
  }
}
