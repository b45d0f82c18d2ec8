package import Evaluation
package import Kernels
internal import Networks

/// One layer of a network in one pass, measured alone, over and over: the first of all layers of its kind and shapes.
package struct LayerMeasurement: Codable, Equatable, Sendable {
  package let kind: String
  package let input: Shape
  package let output: Shape
  package let batch: Int
  /// How many layers of the network have this kind and these shapes.
  package let layers: Int
  /// Whether convolutions do normalisations in passing here, so that only both together can be compared.
  package let isFused: Bool
  package let forward: Timing
  package let backward: Timing
}

extension LayerMeasurement {
  private struct Key: Hashable {
    let kind: String
    let inputs: [Shape]
    let output: Shape
  }

  package static func all(of workload: Workload, rounds: Int, on machine: Machine) -> [LayerMeasurement] {
    let step = TrainingStep(workload, on: machine)
    let (executor, program) = (step.executor, step.executor.program)
    let apart = Program(workload.plan, mode: program.mode, format: program.format, rules: [])
    // Values and gradients that no kernel treats specially, as all zeros would be.
    step.run()
    var layers: [Key: Int] = [:]
    var firsts: [(key: Key, layer: Int)] = []
    for (index, layer) in workload.plan.layers.enumerated() {
      let key = Key(kind: layer.kind, inputs: layer.inputs.map(\.shape), output: layer.output.shape)
      if layers.updateValue(layers[key, default: 0] + 1, forKey: key) == nil { firsts.append((key, index)) }
    }
    func timing(_ pass: Pass, of layer: Int) -> Timing {
      let operations = program.operations(pass).indices.filter { program.operations(pass)[$0].layer == layer }
      return Timing.measure(rounds: rounds, lasting: 0.005) {
        for index in operations { executor.run(pass, index..<index + 1) }
      }
    }
    return firsts.map { key, layer in
      LayerMeasurement(
        kind: key.kind, input: key.inputs[0], output: key.output, batch: workload.batch, layers: layers[key] ?? 1,
        isFused: program.forward.count < apart.forward.count, forward: timing(.forward, of: layer),
        backward: timing(.backward, of: layer))
    }
  }

  package static func text(_ measurements: [LayerMeasurement]) -> String {
    var table = Columns(["layer", "input", "output", "layers", "forward ms", "backward ms"])
    for one in measurements {
      table.add([
        one.kind, one.input.description, one.output.description, "\(one.layers)",
        Columns.number(1000 * one.forward.median), Columns.number(1000 * one.backward.median),
      ])
    }
    return table.text
  }
}
