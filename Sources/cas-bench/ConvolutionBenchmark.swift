import Foundation
import Kernels
import Networks

/// Each distinct convolution of a plan: forward, data gradient and weight gradient, with each algorithm that can do it.
struct ConvolutionBenchmark {
  let plan: Plan
  let batch: Int
  let rounds: Int
  let machine: BenchmarkMachine
  let json: Bool

  private var geometries: [ConvolutionGeometry] {
    var seen: Set<ConvolutionGeometry> = []
    return plan.parameters.compactMap { parameter in
      guard case .convolution(let geometry) = parameter.layout, seen.insert(geometry).inserted else { return nil }
      return geometry
    }
  }

  func run() throws {
    for geometry in geometries {
      for choice in machine.processor.format == .fp32 ? KernelChoice.allCases : [.auto] { measure(geometry, choice) }
    }
  }

  private func measure(_ geometry: ConvolutionGeometry, _ choice: KernelChoice) {
    let execution = Execution(
      pool: machine.processor.pool, table: machine.processor.table,
      scratch: convolutionScratch(geometry, batch: batch, format: machine.processor.format), choice: choice)
    let arena = Arena(count: batch * (geometry.input.count + geometry.output.count) + 2 * geometry.weightCount)
    let format = machine.processor.format
    let input = arena.tensor(atByte: 0, format, images: batch, shape: geometry.input)
    let output = arena.tensor(atByte: 4 * input.count, format, images: batch, shape: geometry.output)
    let weights = arena.base + input.count + output.count
    fill(input)
    fill(output)
    for index in 0..<geometry.weightCount { weights[index] = Float(index % 31) / 16 - 1 }
    let gradient = weights + geometry.weightCount
    let forward = medianSeconds(rounds: rounds) {
      convolve(input, weights: weights, into: output, geometry: geometry, on: execution)
    }
    let weightGradient = medianSeconds(rounds: rounds) {
      convolveBackwardWeights(output, input: input, into: gradient, geometry: geometry, on: execution)
    }
    let data =
      geometry.input.channels % 16 > 0 && format == .bf16
      ? .infinity
      : medianSeconds(rounds: rounds) {
        convolveBackwardData(
          output, weights: weights, into: input, accumulating: false, geometry: geometry, on: execution)
      }
    let work = 2 * Double(geometry.multiplyAdds) * Double(batch) / 1e9
    let name =
      "\(geometry.input) -> \(geometry.outputChannels) \(geometry.kernelHeight)x\(geometry.kernelWidth)/\(geometry.stride)"
    if json {
      print(
        #"{"convolution":"\#(name)","kernels":"\#(choice.rawValue)","batch":\#(batch),"threads":\#(machine.processor.pool.threads),"#
          + #""forward":\#(work / forward),"data":\#(work / data),"weights":\#(work / weightGradient)}"#)
    } else {
      print(
        String(
          format: "%-28@ %-5@ forward %6.1f  data %6.1f  weights %6.1f GFLOP/s", name as NSString,
          choice.rawValue as NSString, work / forward, work / data, work / weightGradient))
    }
  }
}
