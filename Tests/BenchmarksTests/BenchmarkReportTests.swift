import Benchmarks
import Evaluation
import Foundation
import Kernels
import Networks
import Support
import Testing

/// Small benchmarks, run for their structure: nothing is asserted about how long anything takes.
@Suite(.serialized) struct BenchmarkReportTests {
  private static let threads = 2

  private func workload() throws -> Workload {
    Workload(
      try #require(Architecture(name: "resnet8")), input: Shape(height: 16, width: 16, channels: 3), batch: 4)
  }

  private func machine(_ precision: Experiment.Precision) throws -> Machine {
    try Machine(threads: Self.threads, precision: precision, environment: [:])
  }

  /// Made up: one level of memory as fast as another.
  private func limits(_ machine: Machine) -> MachineLimits {
    MachineLimits(
      caches: Caches(second: 1 << 20, third: 1 << 25),
      peaks: [.init(instructions: machine.instructions, threads: Self.threads, gigaflopsPerSecond: 100)],
      bandwidths: MachineLimits.Level.allCases.map {
        .init(level: $0, loop: .triad, threads: Self.threads, bytes: 1, gigabytesPerSecond: 10)
      })
  }

  @Test(arguments: [Experiment.Precision.fp32, .auto])
  func everythingIsMeasuredAndSurvivesJSON(precision: Experiment.Precision) throws {
    let (workload, machine) = (try workload(), try machine(precision))
    var report = BenchmarkReport(command: "bench", machine: machine)
    report.limits = limits(machine)
    report.networks = [NetworkMeasurement(workload, rounds: 1, on: machine)]
    report.pipeline = PipelineMeasurement(workload, rounds: 1, on: machine)
    report.profiles = [ProfileMeasurement(workload, rounds: 1, limits: limits(machine), on: machine)]
    report.convolutions = ConvolutionMeasurement.all(of: workload, rounds: 1, on: machine)
    report.layers = LayerMeasurement.all(of: workload, rounds: 1, on: machine)
    let json = try report.json()
    #expect(try JSONDecoder().decode(BenchmarkReport.self, from: Data(json.utf8)) == report)

    let profile = try #require(report.profiles?.first)
    #expect(abs(profile.parts.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    let work = profile.parts.reduce(0) { $0 + ($1.roofline?.gigaflopsPerSecond ?? 0) * $1.seconds * 1e9 }
    // Three passes over all multiplications but the data gradient of the first convolution.
    let first = 2.0 * 4 * 16 * 16 * 27 * 16
    #expect(abs(work / (6 * Double(workload.plan.multiplyAdds) * 4 - first) - 1) < 1e-9)
    #expect(profile.convolutions.allSatisfy { $0.roofline != nil } && report.convolutions?.first?.roofline == nil)
    let text = report.text
    for word in ["resnet8", "input pipeline", "GFLOP/s", "batch norm", "attained"] {
      #expect(text.contains(word), "\(word)")
    }
  }

  /// A forward pass reads its input and writes its output; where the machine does both 10 GB a second, and no
  /// multiplication counts, the bound is the time for that.
  @Test func bytesOfALayerFollowFromItsShapes() throws {
    let (workload, machine) = (try workload(), try machine(.fp32))
    let profile = ProfileMeasurement(workload, rounds: 1, limits: limits(machine), on: machine)
    let pooling = try #require(profile.parts.first { $0.kind == "global average" && $0.pass == "forward" })
    let roofline = try #require(pooling.roofline)
    let bytes = 4.0 * 4 * (4 * 4 * 64 + 64)
    #expect(abs(roofline.gigabytesPerSecond * pooling.seconds * 1e9 / bytes - 1) < 1e-9)
    #expect(abs(roofline.attained * pooling.seconds - bytes / 10e9) < 1e-12 && roofline.bound == .memory)
  }

  @Test func limitsChooseTheLevelThatHoldsTheBytes() {
    let limits = MachineLimits(
      caches: Caches(second: 100, third: 1000), peaks: [],
      bandwidths: zip(MachineLimits.Level.allCases, [30.0, 20, 10]).map { level, speed in
        .init(level: level, loop: .triad, threads: 2, bytes: 1, gigabytesPerSecond: speed)
      })
    for (bytes, speed) in [(200, 30.0), (201, 20), (1000, 20), (1001, 10)] {
      #expect(limits.bandwidth(holding: bytes, threads: 2) == speed)
    }
    #expect(limits.bandwidth(holding: 1, threads: 1) == nil)
  }

  @Test func cacheSizesAreRead() throws {
    let folder = try TemporaryFolder()
    for (index, (level, type, size)) in [
      ("1", "Data", "32K"), ("1", "Instruction", "32K"), ("2", "Unified", "2048K"),
      ("3", "Unified", "107520K"),
    ].enumerated() {
      for (name, value) in [("level", level), ("type", type), ("size", size)] {
        try folder.write(Array("\(value)\n".utf8), "index\(index)/\(name)")
      }
    }
    #expect(Caches(folder: folder.path) == Caches(second: 2 << 20, third: 105 << 20))
    #expect(Caches(folder: "\(folder.path)/nowhere") == Caches(second: 1 << 20, third: 32 << 20))
  }
}

@Suite struct TuningTests {
  /// What patches and the direct algorithm took.
  private func measurement(_ pass: ConvolutionPass, current: ConvolutionAlgorithm, _ seconds: [Double])
    -> TuningMeasurement
  {
    TuningMeasurement(
      convolution: "8x8x64 -> 64 3x3", batch: 16, pass: pass,
      candidates: zip([ConvolutionAlgorithm.im2col, .direct], seconds).map {
        .init(algorithm: $0, seconds: $1, gigaflopsPerSecond: 1 / $1)
      }, current: current)
  }

  @Test func anAlgorithmMustBeFasterByAMargin() {
    #expect(measurement(.forward, current: .im2col, [1, 0.98]).chosen == .im2col)
    #expect(measurement(.forward, current: .im2col, [1, 0.96]).chosen == .direct)
    #expect(measurement(.forward, current: .direct, [0.5, 1]).chosen == .im2col)
  }

  @Test func theTableIsPrintedAsTheSourceKeepsIt() {
    let source = TuningMeasurement.source([
      measurement(.forward, current: .im2col, [1, 0.5]), measurement(.weights, current: .im2col, [1, 2]),
    ])
    #expect(source.contains("\n    8x8x64 -> 64 3x3            direct      -           patches\n"))
    #expect(source.hasPrefix("extension ConvolutionTable {") && source.hasSuffix("}"))
  }
}
