internal import Foundation

/// The mean cross-entropy of the softmax of `logits` (one row an image) and `labels`, with label smoothing as in
/// PyTorch: of C classes, the target puts 1 - smoothing + smoothing / C on the label and smoothing / C on every
/// other one (Szegedy et al. 2016, section 7).
///
/// Writes the gradient of the mean with respect to the logits to `gradient`, which may be the same memory. The images'
/// losses are added in double precision in their order. A NaN among the logits makes the loss NaN.
package func softmaxCrossEntropy(
  _ logits: Tensor, labels: UnsafeBufferPointer<Int32>, smoothing: Float = 0, gradient: Tensor?,
  on execution: Execution
) -> Double {
  softmaxCrossEntropy(
    logits, labels: MixedLabels(first: labels, second: labels, share: 1), smoothing: smoothing, gradient: gradient,
    on: execution)
}

/// The labels of a batch whose images were mixed in pairs: image i is `first[i]` by `share` and `second[i]` by the rest.
package struct MixedLabels {
  package let first: UnsafeBufferPointer<Int32>
  package let second: UnsafeBufferPointer<Int32>
  /// 0...1.
  package let share: Float

  package init(first: UnsafeBufferPointer<Int32>, second: UnsafeBufferPointer<Int32>, share: Float) {
    precondition(first.count == second.count, "both labels of a pair are needed")
    precondition(share >= 0 && share <= 1, "a share lies between 0 and 1")
    self.first = first
    self.second = second
    self.share = share
  }
}

/// The same for labels that were mixed: share times the loss of the first plus (1 - share) times that of the second
/// (Zhang et al. 2018, "mixup", section 2).
package func softmaxCrossEntropy(
  _ logits: Tensor, labels: MixedLabels, smoothing: Float = 0, gradient: Tensor?, on execution: Execution
) -> Double {
  let classes = logits.shape.count
  precondition(labels.first.count == logits.images && logits.images > 0, "there is not one label for each image")
  for group in [labels.first, labels.second] {
    precondition(group.allSatisfy { $0 >= 0 && $0 < classes }, "a label is none of the classes")
  }
  let own = labels.share
  if let gradient { checkShapes(logits, gradient, nil) }
  let losses = execution.scratch.sharedDoubles(logits.images)
  execution.forEachRange(of: logits.images, step: 16) { images, worker in
    let weights = execution.scratch.worker(worker, classes)
    for image in images {
      let row = logits.base + image * classes
      let label = Int(labels.first[image])
      let other = Int(labels.second[image])
      let (maximum, total) = exponentials(row, classes, into: weights, execution.table)
      let share = smoothing / Float(classes)
      // Relative to the largest logit, so that the sums do not cancel.
      var sum = 0.0
      if smoothing != 0 { for index in 0..<classes { sum += Double(row[index]) - Double(maximum) } }
      let labelled =
        Double(own) * (Double(row[label]) - Double(maximum)) + Double(1 - own) * (Double(row[other]) - Double(maximum))
      losses[image] = log(Double(total)) - Double(1 - smoothing) * labelled - Double(share) * sum
      if let gradient {
        let target = gradient.base + image * classes
        let mean = 1 / Float(logits.images)
        let factor = 1 / total
        for index in 0..<classes { target[index] = (weights[index] * factor - share) * mean }
        target[label] -= (1 - smoothing) * own * mean
        target[other] -= (1 - smoothing) * (1 - own) * mean
      }
    }
  }
  var sum = 0.0
  for image in 0..<logits.images { sum += losses[image] }
  return sum / Double(logits.images)
}

/// The softmax of each image's logits: positive values that sum to 1. `probabilities` may be the same memory.
package func softmax(_ logits: Tensor, into probabilities: Tensor, on execution: Execution) {
  checkShapes(logits, probabilities, nil)
  let classes = logits.shape.count
  execution.forEachRange(of: logits.images, step: 16) { images, _ in
    for image in images {
      let target = probabilities.base + image * classes
      let (_, total) = exponentials(logits.base + image * classes, classes, into: target, execution.table)
      let factor = 1 / total
      for index in 0..<classes { target[index] *= factor }
    }
  }
}

/// The scratch that the loss needs.
package func lossScratch(classes: Int, batch: Int) -> ScratchSize {
  ScratchSize(perWorker: classes, shared: 2 * batch)
}

/// Writes e^(logit - largest logit) and returns the largest logit and the sum.
private func exponentials(
  _ row: UnsafePointer<Float>, _ count: Int, into target: UnsafeMutablePointer<Float>, _ table: KernelTable
) -> (maximum: Float, total: Float) {
  var maximum = row[0]
  for index in 1..<count where row[index] > maximum { maximum = row[index] }
  return (maximum, table.floats.exponentials(row, count: count, maximum: maximum, into: target))
}
