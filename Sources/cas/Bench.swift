import ArgumentParser
import Benchmarks
import Evaluation
import Foundation
import Reports

/// `cas bench`: the speed of training and inference on this machine, and the machine's limits.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure training and inference throughput, and the machine's limits.",
    discussion: """
      Networks are trained and tested on one fixed batch. Machines are often shared and their speed drifts: compare \
      ratios of interleaved runs.
      """)

  @OptionGroup var options: BenchmarkOptions

  @Flag(help: "Measure the machine's peak: multiplications in registers, and memory bandwidth.")
  var limits = false

  @Flag(help: "Show where the time of a training step goes, and how close each part comes to the machine's limits.")
  var profile = false

  @Option(
    help: ArgumentHelp("Measure decoding, resizing and loading this folder's images instead.", valueName: "folder"))
  var decode: String?

  @Flag(inversion: .prefixedNo, help: "Measure the time that filling batches adds to a step, for the first network.")
  var pipeline = true

  func run() throws {
    let machine = try options.machine()
    let (workloads, threads) = (try options.workloads(), options.threads)
    var report = BenchmarkReport(command: "bench", machine: machine)
    if let decode {
      report.decoding = try DecodingMeasurement(NamedPath.absolute(decode), rounds: options.rounds, on: machine)
      return try show(report, machine)
    }
    if limits || profile {
      let benchmark = LimitsBenchmark(
        threads: limits ? [1, threads] : [threads], instructionSet: machine.instructionSet, rounds: options.rounds)
      report.limits = benchmark.run()
    }
    if let limits = report.limits, profile {
      report.profiles = workloads.map {
        ProfileMeasurement($0, rounds: options.rounds, limits: limits, on: machine)
      }
    }
    if !limits, !profile {
      report.networks = workloads.map { NetworkMeasurement($0, rounds: options.rounds, on: machine) }
      if pipeline, let first = workloads.first {
        report.pipeline = PipelineMeasurement(first, rounds: options.rounds, on: machine)
      }
    }
    try show(report, machine)
  }

  /// As JSON, with the full description of the machine instead of the summary.
  private func show(_ report: BenchmarkReport, _ machine: Machine) throws {
    guard options.json else { return try Terminal.show(report.text) }
    let request = Request(
      models: options.models, input: options.input, batchSize: options.batchSize, rounds: options.rounds,
      kernels: options.kernels.rawValue, precision: options.precision.rawValue, decode: decode.map(NamedPath.absolute))
    try Terminal.write(
      Array(
        try AttributedDocument(
          report,
          try Provenance(
            "bench", config: request, machine: machine)
        ).json()))
  }

  private struct Request: Encodable {
    let models: String
    let input: String
    let batchSize: Int
    let rounds: Int
    let kernels: String
    let precision: String
    let decode: String?
  }
}
