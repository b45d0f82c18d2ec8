import ArgumentParser
import Benchmarks
import Kernels
import Testing

@Suite struct BenchmarkOptionsTests {
  @Test func defaultsAreTheNetworksOfThePeers() throws {
    let options = try BenchmarkOptions.parse([])
    let workloads = try options.workloads()
    #expect(workloads.map(\.model) == ["resnet20", "resnet56", "resnet18-cifar", "wrn-16-4"])
    #expect(
      workloads.allSatisfy { $0.batch == 128 && $0.plan.input.shape == Shape(height: 32, width: 32, channels: 3) })
    #expect(options.rounds == 5 && options.kernels == .auto && options.precision == .auto && !options.json)
  }

  @Test func everyOptionArrives() throws {
    let options = try BenchmarkOptions.parse([
      "--models", "resnet8,resnet50", "--input", "64x48x1", "--batch-size", "3", "--rounds", "2", "--threads", "1",
      "--kernels", "blas", "--precision", "fp32", "--json",
    ])
    let workloads = try options.workloads()
    #expect(workloads.map(\.model) == ["resnet8", "resnet50"])
    #expect(workloads[0].plan.input.shape == Shape(height: 64, width: 48, channels: 1) && workloads[1].batch == 3)
    let machine = try options.machine()
    #expect(machine.processor.pool.threads == 1 && machine.processor.choice == .blas)
    #expect(machine.processor.format == .fp32 && options.json && options.rounds == 2)
  }

  @Test(arguments: [
    ["--models", "resnet19"], ["--models", "resnet8,"], ["--models", ""], ["--input", "32x32"],
    ["--input", "0x32x3"], ["--input", "32xx3"], ["--batch-size", "0"], ["--rounds", "0"], ["--threads", "-1"],
    ["--threads", "0"], ["--kernels", "fast"], ["--precision", "fp64"], ["--model", "resnet8"],
  ])
  func wrongOptionsAreRefused(arguments: [String]) {
    #expect(throws: (any Error).self) { try BenchmarkOptions.parse(arguments) }
  }

  @Test func aWrongNameIsCorrected() {
    do {
      _ = try BenchmarkOptions.parse(["--models", "resnet18-cifer"])
      Issue.record("the name is wrong")
    } catch {
      #expect(BenchmarkOptions.fullMessage(for: error).contains("resnet18-cifar"))
    }
  }

  /// ResNet-20: the first convolution needs no data gradient, and shapes repeat.
  @Test func distinctConvolutionsAndTheirPasses() throws {
    let workload = try BenchmarkOptions.parse(["--models", "resnet20"]).workloads()[0]
    let convolutions = workload.convolutions
    #expect(convolutions.map(\.geometry.label).prefix(2) == ["32x32x3 -> 16 3x3", "32x32x16 -> 16 3x3"])
    #expect(convolutions[0].layers(.forward) == 1 && convolutions[0].layers(.data) == 0)
    #expect(convolutions[1].layers(.data) == 6 && convolutions.reduce(0) { $0 + $1.layers } == 19)
  }
}
