import CGuard
import Evaluation
import Foundation
import Kernels
import Reports

/// Which program this is.
struct BuildDescription {
  static let version = "0.1.0"
  static let current = BuildDescription(commit: String(cString: cas_commit()))

  let commit: String

  /// Equal for two programs that were built from the same commit.
  var identity: String { "\(Self.version)+\(commit)" }

  /// What `--version` prints.
  var text: String {
    BLAS.configureOnce()
    return """
      cas \(Self.version)
      build: x86-64-v\(cas_compiled_level()), hot loops for avx2 and avx512; OpenBLAS \(BLAS.coreName) (\(BLAS.configuration))
      commit: \(commit)
      """
  }
}

extension MachineDescription {
  /// This machine, as a report names it.
  init(_ machine: Machine) {
    let findings = DoctorFindings()
    self.init(
      cpu: findings.processor, threads: machine.processor.pool.threads, instructionSet: machine.instructionSet.rawValue,
      precision: machine.processor.format.rawValue, blas: BLAS.configuration, blasCore: BLAS.coreName,
      memoryBytes: findings.memory.total,
      os: ProcessInfo.processInfo.operatingSystemVersionString)
  }
}

extension Provenance where Host == MachineDescription?, Sets == JSONValue? {
  /// Of this build.
  init(_ command: String, config: some Encodable, machine: Machine?, data: JSONValue? = nil) throws {
    self.init(
      command: command, version: BuildDescription.current.identity, config: try JSONValue(encoding: config),
      machine: machine.map { MachineDescription($0) }, data: data)
  }
}

extension RunContext {
  /// Of this build, without caches.
  init(_ machine: Machine, _ events: RunEvents) {
    self.init(
      machine, description: MachineDescription(machine), version: BuildDescription.current.identity, events: events)
  }

  /// In fp32 and with caches, as all that describes images takes it.
  static func describing(threads: Int?, _ events: RunEvents) throws -> RunContext {
    let environment = ProcessInfo.processInfo.environment
    return RunContext(try Machine(threads: threads, environment: environment), events).withCaches(of: environment)
  }
}
