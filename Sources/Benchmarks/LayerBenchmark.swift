package import Evaluation
package import Kernels
internal import Networks

/// One layer of a network in one pass, measured alone and repeatedly: the first layer of its kind and shapes.
package struct LayerMeasurement: Codable, Equatable, Sendable {
  package let kind: String
  package let input: Shape
  package let output: Shape
  package let batch: Int
  /// How many layers of the network have this kind and these shapes.
  package let layers: Int
  /// Whether normalisations are fused into convolutions here, so that only both together can be compared.
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
    let memory = step.executor.memory
    // Values and gradients that no kernel treats specially, unlike zeros.
    step.run()
    var layers: [Key: Int] = [:]
    var firsts: [(key: Key, layer: any Layer)] = []
    for layer in workload.plan.layers {
      let key = Key(kind: layer.kind, inputs: layer.inputs.map(\.shape), output: layer.output.shape)
      if layers.updateValue(layers[key, default: 0] + 1, forKey: key) == nil { firsts.append((key, layer)) }
    }
    return firsts.map { key, layer in
      LayerMeasurement(
        kind: key.kind, input: key.inputs[0], output: key.output, batch: workload.batch, layers: layers[key] ?? 1,
        isFused: !memory.fusion.isNothing,
        forward: Timing.measure(rounds: rounds, lasting: 0.005) { layer.forward(memory) },
        backward: Timing.measure(rounds: rounds, lasting: 0.005) { layer.backward(memory) })
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
