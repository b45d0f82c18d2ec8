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
    let training = mode == .training
    let float = MemoryLayout<Float>.stride
    parameters = plan.parameterCount * float
    gradients = training ? plan.parameterCount * float : 0
    momentum = gradients
    statistics = (plan.statisticCount + plan.momentCount) * float
    let fusion = Fusion(plan, format, mode)
    features = FeatureLayout(features: plan, batch: batch, mode: mode, format: format, fusion: fusion).bytes
    featureGradients =
      training ? FeatureLayout(gradients: plan, batch: batch, format: format, fusion: fusion).bytes : 0
    let size = plan.scratch(batch: batch, format: format)
    scratch = (size.perWorker * threads + size.shared) * float
  }

  package var total: Int {
    parameters + gradients + momentum + statistics + features + featureGradients + scratch
  }
}
