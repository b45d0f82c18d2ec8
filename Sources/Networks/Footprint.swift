package import Kernels

/// What a plan takes of memory at one batch size, in bytes, before anything runs.
package struct Footprint: Sendable, Equatable, Codable {
  package let parameters: Int
  /// The parameters' gradients and the optimiser's momentum.
  package let gradients: Int
  package let momentum: Int
  package let statistics: Int
  package let features: Int
  package let featureGradients: Int
  package let scratch: Int

  package init(_ plan: Plan, batch: Int, mode: Mode, threads: Int, format: NumberFormat = .fp32) {
    self.init(Program(plan, mode: mode, format: format), batch: batch, threads: threads)
  }

  package init(_ program: Program, batch: Int, threads: Int) {
    let float = MemoryLayout<Float>.stride
    parameters = program.parameterCount * float
    gradients = program.mode == .training ? parameters : 0
    momentum = gradients
    statistics = (program.statisticCount + program.momentCount) * float
    let layout = Layout(program, batch: batch)
    features = layout.featureBytes
    featureGradients = layout.gradientBytes
    let size = program.scratch(batch: batch)
    scratch = (size.perWorker * threads + size.shared) * float
  }

  package var total: Int {
    parameters + gradients + momentum + statistics + features + featureGradients + scratch
  }
}
