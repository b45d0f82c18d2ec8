package import Evaluation
internal import Kernels
package import Networks
internal import Training

/// A network laid out for training on one batch, its pieces ready to be timed: forward, loss, backward, update.
package struct TrainingStep {
  package let plan: Plan
  package let batch: Int
  package let executor: any Executor
  private let network: Network
  private let optimizer: Optimizer
  private let labels: [Int32]

  /// A fresh network, and images that are all a fixed pattern.
  package init(_ workload: Workload, on machine: Machine) {
    plan = workload.plan
    batch = workload.batch
    network = Network(plan)
    network.initialize(seed: 1)
    executor = machine.processor.executor(network, batch: batch, mode: .training)
    optimizer = Optimizer(OptimizerSettings(), plan: plan, on: machine.processor)
    let classes = plan.output.shape.count
    labels = (0..<batch).map { Int32($0 % classes) }
    executor.fill { $0.fillWithPattern() }
  }
}

extension Tensor {
  /// Numbers between -1 and 1.
  func fillWithPattern() {
    for index in 0..<count {
      let value = Float(index % 97) / 48 - 1
      switch format {
      case .fp32: base[index] = value
      case .bf16: bfloats[index] = bfloat(value)
      }
    }
  }
}

extension TrainingStep {
  package func run() {
    executor.forward()
    loss()
    executor.backward()
    update()
  }

  package func loss() { _ = executor.loss(labels) }

  package func update() { optimizer.step(executor, multiplier: 0.01) }

  /// The same network laid out for tests of the same batch size.
  package func inference(on machine: Machine) -> any Executor {
    machine.processor.executor(network, batch: batch, mode: .inference)
  }
}
