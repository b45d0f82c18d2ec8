import Foundation
import Kernels
import Networks
import Training

/// Where a training step's time goes: milliseconds for each kind of layer, forward and backward, and for the rest.
struct ProfileBenchmark {
  let name: String
  let plan: Plan
  let batch: Int
  let rounds: Int
  let machine: BenchmarkMachine

  func run() throws {
    let network = Network(plan)
    network.initialize(seed: 1)
    let pass = Propagation(network, batch: batch, purpose: .training, on: machine.processor)
    fill(pass.input)
    let labels = (0..<batch).map { Int32($0 % 10) }
    let optimizer = Optimizer(OptimizerSettings(), plan: plan)
    var times: [String: [Double]] = [:]
    for round in 0...rounds {
      var sums: [String: Double] = [:]
      func time(_ kind: String, _ body: () -> Void) {
        let duration = ContinuousClock().measure(body).components
        sums[kind, default: 0] += Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
      }
      for layer in plan.layers { time("\(layer.kind), forward") { layer.forward(pass.memory) } }
      time("loss") {
        _ = labels.withUnsafeBufferPointer {
          softmaxCrossEntropy(pass.logits, labels: $0, gradient: pass.logitsGradient, on: pass.memory.execution)
        }
      }
      for layer in plan.layers.reversed() { time("\(layer.kind), backward") { layer.backward(pass.memory) } }
      time("update") {
        optimizer.step(
          network.parameters, gradients: pass.memory.gradients, multiplier: 0.01, on: pass.memory.execution)
      }
      // The first round warms the caches and touches the memory.
      if round > 0 { for (kind, seconds) in sums { times[kind, default: []].append(seconds) } }
    }
    let medians = times.mapValues { $0.sorted()[$0.count / 2] }
    let total = medians.values.reduce(0, +)
    print(String(format: "%@, batch %d: %.1f ms a step", name, batch, 1000 * total))
    for (kind, seconds) in medians.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print(
        String(format: "  %-36@ %8.2f ms  %5.1f %%", kind as NSString, 1000 * seconds, 100 * seconds / total))
    }
  }
}
