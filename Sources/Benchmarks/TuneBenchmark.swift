package import Evaluation
package import Kernels
internal import Networks

/// Each algorithm's time for one pass over one convolution, and the one to use.
package struct TuningMeasurement: Codable, Equatable, Sendable {
  package let convolution: String
  package let batch: Int
  package let pass: ConvolutionPass
  /// The least seconds of each algorithm that can compute the pass, in the order of `ConvolutionAlgorithm`.
  package let candidates: [Candidate]
  /// The algorithm in the current source, from its table or its rules.
  package let current: ConvolutionAlgorithm
  /// The fastest; the current one if none is faster by a margin.
  package let chosen: ConvolutionAlgorithm

  package struct Candidate: Codable, Equatable, Sendable {
    package let algorithm: ConvolutionAlgorithm
    package let seconds: Double
    package let gigaflopsPerSecond: Double

    package init(algorithm: ConvolutionAlgorithm, seconds: Double, gigaflopsPerSecond: Double) {
      self.algorithm = algorithm
      self.seconds = seconds
      self.gigaflopsPerSecond = gigaflopsPerSecond
    }
  }

  /// How much faster an algorithm must be to replace the current one: less is noise.
  package static let margin = 0.03

  package init(
    convolution: String, batch: Int, pass: ConvolutionPass, candidates: [Candidate], current: ConvolutionAlgorithm
  ) {
    self.convolution = convolution
    self.batch = batch
    self.pass = pass
    self.candidates = candidates
    self.current = current
    let fastest = candidates.min { $0.seconds < $1.seconds }
    let present = candidates.first { $0.algorithm == current }
    guard let fastest, let present, fastest.seconds < present.seconds * (1 - Self.margin) else {
      chosen = current
      return
    }
    chosen = fastest.algorithm
  }
}

extension TuningMeasurement {
  /// All convolutions of all architectures at their usual image sizes, each once.
  package static func all(
    rounds: Int, on machine: Machine, measured: (TuningMeasurement) -> Void = { _ in }
  ) -> [TuningMeasurement] {
    Workload.convolutions(of: Workload.usual).flatMap { convolution in
      let batch = batch(of: convolution.geometry)
      return ConvolutionPass.allCases.filter { convolution.layers($0) > 0 }.map { pass in
        let one = TuningMeasurement(convolution.geometry, pass, batch: batch, rounds: rounds, on: machine)
        measured(one)
        return one
      }
    }
  }

  /// Enough images for about 5 GFLOP, which take some 20 ms; at least 16, so that all chunks have work.
  private static func batch(of geometry: ConvolutionGeometry) -> Int {
    max(16, min(128, 2_500_000_000 / geometry.multiplyAdds / 16 * 16))
  }

  private init(
    _ geometry: ConvolutionGeometry, _ pass: ConvolutionPass, batch: Int, rounds: Int, on machine: Machine
  ) {
    let trials = ConvolutionAlgorithm.allCases.filter { geometry.allows($0, pass) }.map { algorithm in
      (algorithm, ConvolutionTrial(geometry, batch: batch, algorithm: algorithm, on: machine))
    }
    var least = [Double](repeating: .infinity, count: trials.count)
    for _ in 0..<rounds {
      for (index, trial) in trials.enumerated() {
        least[index] = min(least[index], Timing.measure(rounds: 1, lasting: 0.01) { trial.1.run(pass) }.least)
      }
    }
    self.init(
      convolution: geometry.label, batch: batch, pass: pass,
      candidates: zip(trials, least).map { trial, seconds in
        Candidate(
          algorithm: trial.0, seconds: seconds, gigaflopsPerSecond: trial.1.flops / seconds / 1e9)
      },
      current: geometry.algorithm(pass, .auto))
  }
}

extension TuningMeasurement {
  package var text: String {
    let times = candidates.map { "\($0.algorithm.rawValue) \(Columns.number($0.gigaflopsPerSecond))" }
    let change = chosen == current ? "" : ", instead of \(current.rawValue)"
    return "\(convolution), \(pass.rawValue): \(times.joined(separator: ", ")) GFLOP/s: \(chosen.rawValue)\(change)"
  }

  /// The file `Sources/Kernels/Convolution/ConvolutionTable+Measured.swift`.
  package static func source(_ measurements: [TuningMeasurement]) -> String {
    var order: [String] = []
    var chosen: [String: [ConvolutionPass: ConvolutionAlgorithm]] = [:]
    for one in measurements {
      if chosen[one.convolution] == nil { order.append(one.convolution) }
      chosen[one.convolution, default: [:]][one.pass] = one.chosen
    }
    let lines = order.map { label in
      let words = ConvolutionPass.allCases.map { (chosen[label]?[$0]?.rawValue ?? "-") as String }
      return "    " + label.padded(to: 28) + words[0].padded(to: 12) + words[1].padded(to: 12) + words[2]
    }
    return """
      extension ConvolutionTable {
        /// Made by `cas-bench --tune`: convolution, forward, data, weights.
        package static let measured = ConvolutionTable(
          \"""
      \(lines.joined(separator: "\n"))
          \""")
      }
      """
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
