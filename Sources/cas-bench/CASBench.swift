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
    abstract: "Single convolutions and layers, each measured alone. Whole networks: cas bench.")

  @OptionGroup var options: BenchmarkOptions

  @Flag(help: "Time each distinct convolution of the networks, forward and both gradients.")
  var convolutions = false

  @Flag(help: "Time each distinct layer of the networks, forward and backward.")
  var layers = false

  func validate() throws {
    guard convolutions || layers else { throw ValidationError("Choose --convolutions or --layers.") }
  }

  func run() throws {
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
}
