import Foundation
import Kernels
import Networks
import Training

/// A training step (forward, loss, backward, update) and an inference batch of one network.
struct NetworkBenchmark {
  let name: String
  let plan: Plan
  let batch: Int
  let rounds: Int
  let machine: BenchmarkMachine
  let json: Bool

  func run() throws {
    let network = Network(plan)
    network.initialize(seed: 1)
    let training = Propagation(network, batch: batch, purpose: .training, on: machine.processor)
    fill(training.input)
    let labels = (0..<batch).map { Int32($0 % 10) }
    let optimizer = Optimizer(OptimizerSettings(), plan: plan)
    let execution = training.memory.execution
    guard let gradient = training.logitsGradient else { return }
    let step = medianSeconds(rounds: rounds) {
      training.forward()
      _ = labels.withUnsafeBufferPointer {
        softmaxCrossEntropy(training.logits, labels: $0, gradient: gradient, on: execution)
      }
      training.backward()
      optimizer.step(network.parameters, gradients: training.memory.gradients, multiplier: 0.01, on: execution)
    }
    let inference = Propagation(network, batch: batch, purpose: .inference, on: machine.processor)
    let forward = medianSeconds(rounds: rounds) { inference.forward() }
    // Three passes over the convolutions: forward, data gradient, weight gradient; an operation is an add or a multiply.
    let flops = 6 * Double(plan.multiplyAdds) * Double(batch) / step / 1e9
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let peak = Double(usage.ru_maxrss) / 1024
    let imagesPerSecond = Double(batch) / step
    if json {
      print(
        #"{"model":"\#(name)","batch":\#(batch),"threads":\#(machine.processor.pool.threads),"#
          + #""trainingImagesPerSecond":\#(imagesPerSecond),"inferenceImagesPerSecond":\#(Double(batch) / forward),"#
          + #""gigaflopsPerSecond":\#(flops),"peakMegabytes":\#(peak)}"#)
    } else {
      print(
        String(
          format: "%-12@ batch %4d  training %8.1f images/s (%6.1f GFLOP/s)  inference %8.1f images/s  peak %7.0f MB",
          name as NSString, batch, imagesPerSecond, flops, Double(batch) / forward, peak))
    }
  }
}
