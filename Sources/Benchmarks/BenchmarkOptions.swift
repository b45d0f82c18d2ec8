internal import ArgumentParser
package import Evaluation
import Foundation
package import Kernels
internal import Networks

/// The options of all benchmarks: networks, images, rounds and kernels.
package struct BenchmarkOptions: ParsableArguments {
  @Option(help: "Networks, separated by commas.")
  package var models = "resnet20,resnet56,resnet18-cifar,wrn-16-4"

  @Option(help: ArgumentHelp("Height, width and channels of the images.", valueName: "HxWxC"))
  package var input = "32x32x3"

  @Option(help: "Images per batch.")
  package var batchSize = 128

  @Option(help: "Number of timed rounds; the median is printed.")
  package var rounds = 5

  @Option(help: "Number of threads.")
  package var threads = ThreadPool.available

  @Option(help: "auto, or blas: all convolutions in OpenBLAS.")
  package var kernels = KernelChoice.auto

  @Option(help: "Number format of feature maps: auto, fp32 or bf16.")
  package var precision = Experiment.Precision.auto

  @Flag(help: "Write JSON.")
  package var json = false

  package init() {}

  package func validate() throws {
    guard (1...1000).contains(rounds) else { throw ValidationError("--rounds takes 1 to 1000.") }
    guard (1...4096).contains(batchSize) else { throw ValidationError("--batch-size takes 1 to 4096.") }
    guard (1...1024).contains(threads) else { throw ValidationError("--threads takes 1 to 1024.") }
    _ = try workloads()
  }
}

extension BenchmarkOptions {
  /// The requested networks, in their order.
  ///
  /// - Throws: `ValidationError` for an invalid name or shape.
  package func workloads() throws -> [Workload] {
    guard let shape = Shape(input), max(shape.height, shape.width) <= 4096 else {
      throw ValidationError("--input takes a shape such as 32x32x3.")
    }
    return try models.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let name = part.trimmingCharacters(in: .whitespaces)
      guard let architecture = Architecture(name: name) else {
        let nearest = Spelling.nearest(to: name, in: Architecture.names)
        throw ValidationError("There is no model \(name).\(nearest.map { " Did you mean \($0)?" } ?? "")")
      }
      return Workload(architecture, input: shape, batch: batchSize)
    }
  }

  /// The threads and kernels to measure.
  ///
  /// - Throws: `UsageError` for a precision that is not available, and errors of `CAS_ISA`.
  package func machine() throws -> Machine {
    try Machine(
      threads: threads, choice: kernels, precision: precision, environment: ProcessInfo.processInfo.environment)
  }
}

extension KernelChoice: ExpressibleByArgument {}
extension Experiment.Precision: ExpressibleByArgument {}
