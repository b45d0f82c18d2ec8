/// The constants of one step of stochastic gradient descent with momentum, as PyTorch's SGD defines them
/// (Sutskever et al. 2013, with the learning rate outside of the velocity).
package struct SGDStep: Hashable, Sendable {
  package var learningRate: Float
  package var momentum: Float
  package var weightDecay: Float
  package var nesterov: Bool

  package init(learningRate: Float, momentum: Float = 0, weightDecay: Float = 0, nesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }
}
