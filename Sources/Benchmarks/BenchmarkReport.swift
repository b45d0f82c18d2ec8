internal import CGuard
package import Evaluation
import Foundation
internal import Kernels

/// The results of a benchmark as one JSON document or as text, without what was not measured.
package struct BenchmarkReport: Codable, Equatable, Sendable {
  package let schemaVersion: Int
  package let command: String
  package let machine: MachineSummary
  package var limits: MachineLimits?
  package var networks: [NetworkMeasurement]?
  package var pipeline: PipelineMeasurement?
  package var decoding: DecodingMeasurement?
  package var profiles: [ProfileMeasurement]?
  package var convolutions: [ConvolutionMeasurement]?
  package var layers: [LayerMeasurement]?
  package var tuning: [TuningMeasurement]?

  package init(command: String, machine: Machine) {
    schemaVersion = 1
    self.command = command
    self.machine = MachineSummary(machine)
  }
}

/// Where a benchmark ran, and with which kernels.
package struct MachineSummary: Codable, Equatable, Sendable {
  package let processor: String
  package let threads: Int
  package let instructionSet: String
  package let precision: String
  package let kernels: String
  package let blasCore: String

  init(_ machine: Machine) {
    processor = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
      guard let start = name.baseAddress else { return "" }
      cas_cpu_brand(start)
      return String(cString: start)
    }
    threads = machine.processor.pool.threads
    instructionSet = machine.instructionSet.rawValue
    precision = machine.processor.format.rawValue
    kernels = machine.processor.choice.rawValue
    blasCore = BLAS.coreName
  }

  var text: String {
    "\(processor), \(threads) threads, \(instructionSet), \(precision), kernels \(kernels), OpenBLAS \(blasCore)"
  }
}

extension BenchmarkReport {
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  package var text: String {
    var sections = [machine.text]
    if let limits { sections.append(limits.text) }
    if let networks { sections.append(NetworkMeasurement.text(networks)) }
    if let pipeline { sections.append(pipeline.text) }
    if let decoding { sections.append(decoding.text) }
    if let profiles { sections += profiles.map(\.text) }
    if let convolutions { sections.append(ConvolutionMeasurement.text(convolutions)) }
    if let layers { sections.append(LayerMeasurement.text(layers)) }
    return sections.joined(separator: "\n\n")
  }
}
