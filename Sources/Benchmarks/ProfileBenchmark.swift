package import Evaluation
internal import Kernels
internal import Networks

/// Where the time of a training step goes, and how near each part comes to what the machine can do.
package struct ProfileMeasurement: Codable, Equatable, Sendable {
  package let model: String
  package let batch: Int
  package let threads: Int
  /// The sum of all parts.
  package let seconds: Double
  /// The slowest part first.
  package let parts: [Part]
  /// Each distinct convolution alone, in the order of the network.
  package let convolutions: [ConvolutionMeasurement]

  /// All layers of one kind that have operations of their own in one pass, or another part of the step.
  package struct Part: Codable, Equatable, Sendable {
    /// A layer's kind, `loss` or `update`.
    package let kind: String
    /// `forward` or `backward`; nil for what is no layer.
    package let pass: String?
    package let layers: Int
    /// The median of the rounds, of all layers together.
    package let seconds: Double
    package let share: Double
    package let roofline: Roofline?
  }
}

extension ProfileMeasurement {
  /// What a part is called and which pass it belongs to.
  private struct Key: Hashable {
    let kind: String
    let pass: String?
  }

  /// - Parameter limits: those of the number of threads that `machine` has.
  package init(_ workload: Workload, rounds: Int, limits: MachineLimits, on machine: Machine) {
    let step = TrainingStep(workload, on: machine)
    let (executor, threads) = (step.executor, machine.processor.pool.threads)
    let program = executor.program
    var times: [Key: [Double]] = [:]
    for round in 0...rounds {
      var sums: [Key: Double] = [:]
      func time(_ kind: String, _ pass: String?, _ work: () -> Void) {
        sums[Key(kind: kind, pass: pass), default: 0] += Timing.elapsed(work)
      }
      func time(_ pass: Pass) {
        for (index, operation) in program.operations(pass).enumerated() {
          time(operation.kind, pass.rawValue) { executor.run(pass, index..<index + 1) }
        }
      }
      time(.forward)
      time("loss", nil, step.loss)
      time(.backward)
      time("update", nil, step.update)
      // The first round warms the caches and touches the memory.
      if round > 0 { for (key, seconds) in sums { times[key, default: []].append(seconds) } }
    }

    var demands: [Key: Demand] = [:]
    var layers: [Key: Int] = [:]
    let peak = limits.peak(machine.instructions, threads: threads) ?? .infinity
    let need = LayerDemand(program, batch: workload.batch, limits: limits, peak: peak, threads: threads)
    for pass in Pass.allCases {
      for (layer, operations) in Dictionary(grouping: program.operations(pass), by: \.layer) {
        let key = Key(kind: operations[0].kind, pass: pass.rawValue)
        demands[key, default: Demand()] += need.demand(of: layer, pass)
        layers[key, default: 0] += 1
      }
    }

    let medians = times.mapValues { Timing($0).median }
    let total = medians.values.reduce(0, +)
    model = workload.model
    batch = workload.batch
    self.threads = threads
    seconds = total
    parts = medians.map { key, seconds in
      Part(
        kind: key.kind, pass: key.pass, layers: layers[key] ?? 1, seconds: seconds, share: seconds / total,
        roofline: demands[key]?.roofline(seconds: seconds))
    }.sorted { ($1.seconds, $0.kind, $0.pass ?? "") < ($0.seconds, $1.kind, $1.pass ?? "") }
    convolutions = ConvolutionMeasurement.all(of: workload, rounds: rounds, limits: limits, on: machine)
  }
}

extension Machine {
  /// The instructions that the kernels' multiplications and additions are made of.
  package var instructions: MachineLimits.Instructions {
    switch (processor.format, instructionSet) {
    case (.bf16, .amx): .tilesBF16
    case (.bf16, _): .dotBF16
    case (.fp32, .avx2): .fmaAVX2
    case (.fp32, .avx512), (.fp32, .amx): .fmaAVX512
    }
  }
}

extension ProfileMeasurement {
  private static let rooflineHeader = ["GFLOP/s", "GB/s", "FLOP/byte", "attainable GFLOP/s", "attained", "bound"]

  package var text: String {
    var table = Columns(["part", "layers", "ms", "share"] + Self.rooflineHeader)
    for part in parts {
      table.add(
        [
          part.kind + (part.pass.map { ", \($0)" } ?? ""), "\(part.layers)", Columns.number(1000 * part.seconds),
          Columns.percent(part.share),
        ] + Self.cells(part.roofline))
    }
    var shapes = Columns(["convolution alone", "layers", "ms each", "algorithm"] + Self.rooflineHeader)
    for one in convolutions {
      shapes.add(
        [
          "\(one.convolution), \(one.pass.rawValue)", "\(one.layers)", Columns.number(1000 * one.timing.median),
          one.algorithm,
        ] + Self.cells(one.roofline))
    }
    let title = "\(model), batch \(batch): \(Columns.number(1000 * seconds)) ms a step, \(threads) threads"
    return [title, table.text, "", shapes.text].joined(separator: "\n")
  }

  private static func cells(_ roofline: Roofline?) -> [String] {
    guard let roofline else { return Array(repeating: "", count: rooflineHeader.count) }
    let counts = roofline.gigaflopsPerSecond > 0
    return [
      counts ? Columns.number(roofline.gigaflopsPerSecond) : "–", Columns.number(roofline.gigabytesPerSecond),
      counts ? Columns.number(roofline.intensity) : "–",
      counts ? Columns.number(roofline.attainableGigaflopsPerSecond) : "–", Columns.percent(roofline.attained),
      roofline.bound.rawValue,
    ]
  }
}
