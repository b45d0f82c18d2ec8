/// Collects batches of class probabilities into `Predictions`, in their order.
///
/// Classes are ranked by probability, ties by the lower class index. A value that is not finite is no probability:
/// its class is never ranked, and counts as 0 in the Brier score. So a classifier that returns only NaN is
/// wrong about every image, instead of correct about class 0.
package struct PredictionsBuilder: Sendable {
  private var predictions: Predictions
  private let isTrained: [Bool]

  /// - Parameter untrained: classes without a training image. They are never ranked, so they score exactly 0.
  package init(classes: Int, untrained: Set<Int> = [], capacity: Int = 0) {
    predictions = Predictions(classes: classes)
    isTrained = (0..<classes).map { !untrained.contains($0) }
    predictions.labels.reserveCapacity(capacity)
    predictions.topClasses.reserveCapacity(capacity * predictions.depth)
    predictions.topProbabilities.reserveCapacity(capacity * predictions.depth)
    predictions.trueProbability.reserveCapacity(capacity)
    predictions.squaredError.reserveCapacity(capacity)
  }

  /// All that was appended so far.
  package func finish() -> Predictions { predictions }
}

extension PredictionsBuilder {
  /// Adds the images of one batch.
  /// - Parameters:
  ///   - probabilities: `labels.count` rows of C values, image by image.
  ///   - labels: the true classes, each in `0..<C`.
  package mutating func append(probabilities: UnsafeBufferPointer<Float>, labels: [Int32]) {
    let classes = predictions.classes
    precondition(probabilities.count == labels.count * classes, "the probabilities are not labels by classes")
    for (image, label) in labels.enumerated() {
      precondition(label >= 0 && label < classes, "a label lies outside of the classes")
      append(row: UnsafeBufferPointer(rebasing: probabilities[image * classes..<(image + 1) * classes]), label: label)
    }
  }

  /// The same from an array.
  package mutating func append(probabilities: [Float], labels: [Int32]) {
    probabilities.withUnsafeBufferPointer { append(probabilities: $0, labels: labels) }
  }

  private mutating func append(row: UnsafeBufferPointer<Float>, label: Int32) {
    let depth = predictions.depth
    let first = predictions.topClasses.count
    predictions.topClasses.append(contentsOf: repeatElement(-1, count: depth))
    predictions.topProbabilities.append(contentsOf: repeatElement(0, count: depth))
    var squares = 0.0
    var ranked = 0
    for (index, value) in row.enumerated() {
      let probability = value.isFinite ? value : 0
      let error = Double(probability) - (index == Int(label) ? 1 : 0)
      squares += error * error
      guard value.isFinite, isTrained[index] else { continue }
      var place = first + ranked
      while place > first, predictions.topProbabilities[place - 1] < value { place -= 1 }
      guard place < first + depth else { continue }
      ranked = min(ranked + 1, depth)
      for lower in stride(from: first + ranked - 1, to: place, by: -1) {
        predictions.topClasses[lower] = predictions.topClasses[lower - 1]
        predictions.topProbabilities[lower] = predictions.topProbabilities[lower - 1]
      }
      predictions.topClasses[place] = Int32(index)
      predictions.topProbabilities[place] = value
    }
    predictions.labels.append(label)
    predictions.trueProbability.append(row[Int(label)].isFinite ? row[Int(label)] : 0)
    predictions.squaredError.append(Float(squares))
  }
}
