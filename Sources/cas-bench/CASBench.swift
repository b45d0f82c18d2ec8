import ArgumentParser
import Benchmarks
import Foundation

/// Measures the pieces that networks are made of, for whoever works on the kernels.
///
/// Not a test: nothing is asserted, and the numbers are this machine's in this minute. Compare ratios of interleaved runs.
@main
struct CASBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cas-bench",
    abstract: "Measure single convolutions and layers, each alone. Whole networks: cas bench.")

  @OptionGroup var options: BenchmarkOptions

  @Flag(help: "Time each distinct convolution of the networks, forward and both gradients.")
  var convolutions = false

  @Flag(help: "Time each distinct layer of the networks, forward and backward.")
  var layers = false

  @Flag(
    help: """
      Time each algorithm for each convolution of all architectures, and print the table of the fastest as Swift \
      source, for Sources/Kernels/Convolution/ConvolutionTable+Measured.swift.
      """)
  var tune = false

  func validate() throws {
    guard convolutions || layers || tune else {
      throw ValidationError("Choose --convolutions, --layers or --tune.")
    }
    if tune && options.precision == .bf16 { throw ValidationError("--tune compares the algorithms of fp32.") }
  }

  func run() throws {
    if tune { return try printTuning() }
    let machine = try options.machine()
    let workloads = try options.workloads()
    var report = BenchmarkReport(command: "cas-bench", machine: machine)
    if convolutions {
      report.convolutions = workloads.flatMap {
        ConvolutionMeasurement.all(of: $0, rounds: options.rounds, on: machine)
      }
    }
    if layers {
      report.layers = workloads.flatMap { LayerMeasurement.all(of: $0, rounds: options.rounds, on: machine) }
    }
    print(options.json ? try report.json() : report.text)
  }

  /// The table goes to stdout, the times to stderr as they come.
  private func printTuning() throws {
    var options = options
    options.precision = .fp32
    let machine = try options.machine()
    let measurements = TuningMeasurement.all(rounds: options.rounds, on: machine) { one in
      try? FileHandle.standardError.write(contentsOf: Data("\(one.text)\n".utf8))
    }
    var report = BenchmarkReport(command: "cas-bench", machine: machine)
    report.tuning = measurements
    print(options.json ? try report.json() : TuningMeasurement.source(measurements))
  }
}
