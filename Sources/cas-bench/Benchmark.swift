import ArgumentParser
import Foundation
import Kernels
import Networks
import Training

/// Measures training steps and inference of whole networks on random images, and the memory that they take.
///
/// Not a test: nothing is asserted, and the numbers are this machine's in this minute. Compare ratios of interleaved runs.
@main
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cas-bench",
    abstract: "Training and inference throughput of whole networks, and of their convolutions.")

  @Option(help: "Networks, separated by commas.")
  var models = "resnet8,resnet20,resnet56"

  @Option(help: "Height, width and channels of the images.")
  var input = "32x32x3"

  @Option(help: "Images of a batch.")
  var batchSize = 128

  @Option(help: "Timed rounds; the median counts.")
  var rounds = 5

  @Option(help: "Threads.")
  var threads = ThreadPool.available

  @Option(help: "fp32 or bf16.")
  var precision = NumberFormat.fp32

  @Option(help: "auto or blas.")
  var kernels = KernelChoice.auto

  @Flag(help: "Time each convolution shape instead of whole networks.")
  var convolutions = false

  @Flag(help: "Show where the time of a training step goes.")
  var profile = false

  @Flag(help: "One line of JSON for each measurement.")
  var json = false

  func validate() throws {
    guard extents.count == 3, extents.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--input takes a shape such as 32x32x3.")
    }
    guard (1...1000).contains(rounds), (1...4096).contains(batchSize), (1...1024).contains(threads) else {
      throw ValidationError("--rounds, --batch-size and --threads take numbers above 0.")
    }
  }

  func run() throws {
    let machine = try BenchmarkMachine(threads: threads, choice: kernels, format: precision)
    if !json { print(machine.heading) }
    for name in models.split(separator: ",").map(String.init) {
      guard let architecture = Architecture(name: name) else {
        throw ValidationError("There is no model \(name).")
      }
      let shape = Shape(height: extents[0], width: extents[1], channels: extents[2])
      let plan = architecture.plan(input: shape, classes: 10)
      if profile {
        try ProfileBenchmark(name: name, plan: plan, batch: batchSize, rounds: rounds, machine: machine).run()
      } else if convolutions {
        try ConvolutionBenchmark(plan: plan, batch: batchSize, rounds: rounds, machine: machine, json: json).run()
      } else {
        try NetworkBenchmark(
          name: name, plan: plan, batch: batchSize, rounds: rounds, machine: machine, json: json
        ).run()
      }
    }
  }

  private var extents: [Int] { input.split(separator: "x").map { Int($0) ?? 0 } }
}

/// The threads and kernels that a benchmark runs on.
struct BenchmarkMachine {
  let processor: Processor
  let instructionSet: InstructionSet

  init(threads: Int, choice: KernelChoice, format: NumberFormat) throws {
    instructionSet = try InstructionSet.chosen(in: ProcessInfo.processInfo.environment)
    processor = Processor(
      pool: ThreadPool(threads: threads), table: KernelTable.table(for: instructionSet), choice: choice, format: format)
    BLAS.configureOnce()
  }

  var heading: String {
    "\(instructionSet.rawValue), OpenBLAS \(BLAS.coreName), \(processor.pool.threads) threads, \(processor.format.rawValue), kernels \(processor.choice.rawValue)"
  }
}

extension KernelChoice: ExpressibleByArgument {}
extension NumberFormat: ExpressibleByArgument {}

/// The median seconds of several rounds, each long enough to be timed.
func medianSeconds(rounds: Int, _ body: () -> Void) -> Double {
  body()
  let clock = ContinuousClock()
  let times = (0..<rounds).map { _ in
    let duration = clock.measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
  return times.sorted()[rounds / 2]
}

/// Fills a tensor with numbers between -1 and 1.
func fill(_ tensor: Tensor) {
  for index in 0..<tensor.count {
    let value = Float(index % 97) / 48 - 1
    switch tensor.format {
    case .fp32: tensor.base[index] = value
    case .bf16: tensor.bfloats[index] = bfloat(value)
    }
  }
}
