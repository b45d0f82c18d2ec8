package import Evaluation
package import Kernels

/// One pass over one convolution, measured alone with its tensors in the nearest cache that holds them.
package struct ConvolutionMeasurement: Codable, Equatable, Sendable {
  package let convolution: String
  package let input: Shape
  package let outputChannels: Int
  package let kernelHeight: Int
  package let kernelWidth: Int
  package let stride: Int
  package let padding: Int
  package let batch: Int
  /// How many layers of the network need the pass.
  package let layers: Int
  package let pass: ConvolutionPass
  package let kernels: KernelChoice
  package let algorithm: String
  package let timing: Timing
  package let gigaflopsPerSecond: Double
  /// nil if the machine's limits were not measured.
  package let roofline: Roofline?
}

extension ConvolutionMeasurement {
  /// Every distinct convolution of the network in the passes that its training needs.
  ///
  /// - Parameter limits: those of the number of threads that `machine` has.
  package static func all(
    of workload: Workload, rounds: Int, limits: MachineLimits? = nil, on machine: Machine
  ) -> [ConvolutionMeasurement] {
    workload.convolutions.flatMap { convolution in
      let trial = ConvolutionTrial(convolution.geometry, batch: workload.batch, on: machine)
      return ConvolutionPass.allCases.filter { convolution.layers($0) > 0 }.map { pass in
        ConvolutionMeasurement(
          trial, pass, layers: convolution.layers(pass), rounds: rounds, limits: limits, on: machine)
      }
    }
  }

  private init(
    _ trial: ConvolutionTrial, _ pass: ConvolutionPass, layers: Int, rounds: Int, limits: MachineLimits?,
    on machine: Machine
  ) {
    let geometry = trial.geometry
    let threads = machine.processor.pool.threads
    convolution = geometry.label
    input = geometry.input
    outputChannels = geometry.outputChannels
    kernelHeight = geometry.kernelHeight
    kernelWidth = geometry.kernelWidth
    stride = geometry.stride
    padding = geometry.padding
    batch = trial.batch
    self.layers = layers
    self.pass = pass
    kernels = machine.processor.choice
    algorithm = trial.algorithm(pass)
    let timing = Timing.measure(rounds: rounds, lasting: 0.01) { trial.run(pass) }
    self.timing = timing
    gigaflopsPerSecond = trial.flops / timing.median / 1e9
    roofline = limits.map { limits in
      let peak = limits.peak(machine.instructions, threads: threads) ?? .infinity
      let bandwidth = limits.bandwidth(holding: Int(trial.bytes), threads: threads) ?? .infinity
      return Demand(flops: trial.flops, peak: peak * 1e9, movements: [(trial.bytes, bandwidth * 1e9)])
        .roofline(seconds: timing.median)
    }
  }

  package static func text(_ measurements: [ConvolutionMeasurement]) -> String {
    var table = Columns(["convolution", "layers", "kernels", "pass", "algorithm", "ms", "GFLOP/s"])
    for one in measurements {
      table.add([
        one.convolution, "\(one.layers)", one.kernels.rawValue, one.pass.rawValue, one.algorithm,
        Columns.number(1000 * one.timing.median), Columns.number(one.gigaflopsPerSecond),
      ])
    }
    return table.text
  }
}
