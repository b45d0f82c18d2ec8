/// A plan whose inner values describe an image: where the features lie, and the logits if there is a classifier.
///
/// Inference keeps both, so that they can be read after a forward pass.
package struct FeaturePlan: Sendable {
  package let plan: Plan
  package let features: Slot
  package let logits: Slot?

  /// - Parameter logits: nil for a network without a classifier.
  package init(_ plan: Plan, features: Slot, logits: Slot?) {
    var plan = plan
    plan.keep(features)
    if let logits { plan.keep(logits) }
    self.plan = plan
    self.features = features
    self.logits = logits
  }

  /// A classifier's plan: the features are what its last layer reads, the pooled maps of the last block.
  package init(classifier plan: Plan) {
    guard let last = plan.layers.last, let features = last.inputs.first else {
      preconditionFailure("a classifier has at least one layer")
    }
    self.init(plan, features: features, logits: last.output)
  }
}
