import Foundation

extension Reference {
  /// The mean over the rows of -sum over classes of target log softmax, and its gradient with respect to the logits;
  /// the target is `share` of the label and the rest of the second one.
  package static func softmaxCrossEntropy(
    _ logits: [Double], labels: [Int32], second: [Int32]? = nil, share: Double = 1, classes: Int, smoothing: Double
  ) -> (loss: Double, gradient: [Double]) {
    var loss = 0.0
    var gradient: [Double] = []
    for (image, label) in labels.enumerated() {
      let probabilities = softmax(Array(logits[image * classes..<(image + 1) * classes]))
      for (index, probability) in probabilities.enumerated() {
        let own = index == Int(label) ? share : 0
        let other = index == Int(second?[image] ?? label) ? 1 - share : 0
        let target = (1 - smoothing) * (own + other) + smoothing / Double(classes)
        loss -= target * log(probability) / Double(labels.count)
        gradient.append((probability - target) / Double(labels.count))
      }
    }
    return (loss, gradient)
  }

  package static func softmax(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let weights = logits.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// One step of SGD on each value; returns the new parameters and velocities.
  package static func sgdStep(
    _ parameters: [Double], gradients: [Double], velocities: [Double], learningRate: Double, momentum: Double,
    weightDecay: Double, nesterov: Bool
  ) -> (parameters: [Double], velocities: [Double]) {
    let decayed = parameters.indices.map { gradients[$0] + weightDecay * parameters[$0] }
    let next = decayed.indices.map { momentum * velocities[$0] + decayed[$0] }
    let change = next.indices.map { nesterov ? decayed[$0] + momentum * next[$0] : next[$0] }
    return (parameters.indices.map { parameters[$0] - learningRate * change[$0] }, next)
  }
}
