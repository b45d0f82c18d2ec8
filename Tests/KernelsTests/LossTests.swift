import Foundation
import Kernels
import Support
import Testing

@Suite struct LossTests {
  private func loss(
    _ logits: Filled, _ labels: [Int32], smoothing: Float, gradient: Filled?, _ set: InstructionSet
  ) -> Double {
    let scratch = lossScratch(classes: logits.tensor.shape.count, batch: logits.tensor.images)
    return labels.withUnsafeBufferPointer {
      softmaxCrossEntropy(
        logits.tensor, labels: $0, smoothing: smoothing, gradient: gradient?.tensor,
        on: .test(threads: 2, set, scratch: scratch))
    }
  }

  @Test(
    arguments: InstructionSet.available,
    [(1, 1, 0), (1, 2, 0), (5, 10, 0), (5, 10, 0.1), (33, 17, 0.2), (3, 1000, 0.1), (7, 16, 1)] as [(Int, Int, Float)])
  func agreesWithItsTwin(set: InstructionSet, test: (Int, Int, Float)) {
    let (images, classes, smoothing) = test
    let shape = Shape(height: 1, width: 1, channels: classes)
    for deviation in [0.01, 1, 30] as [Float] {
      let logits = Filled(images: images, shape: shape, seed: 1, mean: 5, deviation: deviation)
      let gradient = Filled(images: images, shape: shape, seed: 2)
      let labels = (0..<images).map { Int32($0 * 7 % classes) }
      let value = loss(logits, labels, smoothing: smoothing, gradient: gradient, set)
      let reference = Reference.softmaxCrossEntropy(
        logits.doubles, labels: labels, classes: classes, smoothing: Double(smoothing))
      #expect(abs(value - reference.loss) < 1e-6 * max(1, abs(reference.loss)))
      #expect(excess(of: gradient.floats, over: reference.gradient) { _ in 1e-6 / Double(images) } <= 1)
      #expect(loss(logits, labels, smoothing: smoothing, gradient: nil, set) == value)

      let probabilities = Filled(images: images, shape: shape, seed: 3)
      softmax(logits.tensor, into: probabilities.tensor, on: .test(set, scratch: ScratchSize()))
      let rows = (0..<images).flatMap { Reference.softmax(Array(logits.doubles[$0 * classes..<($0 + 1) * classes])) }
      // The difference to the largest logit is a float, so e to its power is off by as much as the difference is.
      #expect(
        excess(of: probabilities.floats, over: rows) { rows[$0] * (5e-7 - 6e-8 * log(rows[$0] + 1e-40)) + 1e-37 } <= 1)
      #expect(gradient.isIntact && probabilities.isIntact)
    }
  }

  @Test(
    arguments: InstructionSet.available,
    [(5, 10, 0, 0.3), (33, 17, 0.2, 0.75), (3, 1000, 0.1, 0), (7, 16, 0, 1)] as [(Int, Int, Float, Float)])
  func mixedLabelsAgreeWithTheirTwin(set: InstructionSet, test: (Int, Int, Float, Float)) {
    let (images, classes, smoothing, share) = test
    let shape = Shape(height: 1, width: 1, channels: classes)
    let logits = Filled(images: images, shape: shape, seed: 1, mean: 5, deviation: 3)
    let gradient = Filled(images: images, shape: shape, seed: 2)
    let first = (0..<images).map { Int32($0 * 7 % classes) }
    // Some pairs share their label.
    let second = (0..<images).map { Int32($0 % 3 == 0 ? $0 * 7 % classes : $0 * 5 % classes) }
    let value = first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        softmaxCrossEntropy(
          logits.tensor, labels: MixedLabels(first: first, second: second, share: share), smoothing: smoothing,
          gradient: gradient.tensor,
          on: .test(threads: 2, set, scratch: lossScratch(classes: classes, batch: images)))
      }
    }
    let reference = Reference.softmaxCrossEntropy(
      logits.doubles, labels: first, second: second, share: Double(share), classes: classes,
      smoothing: Double(smoothing))
    #expect(abs(value - reference.loss) < 1e-6 * max(1, abs(reference.loss)))
    #expect(excess(of: gradient.floats, over: reference.gradient) { _ in 1e-6 / Double(images) } <= 1)
    #expect(gradient.isIntact)
    if share == 1 { #expect(value == loss(logits, first, smoothing: smoothing, gradient: nil, set)) }
  }

  /// With equal logits the loss is the logarithm of the number of classes, smoothed or not.
  @Test(arguments: InstructionSet.available, [0, 0.1] as [Float])
  func closedForms(set: InstructionSet, smoothing: Float) {
    let shape = Shape(height: 1, width: 1, channels: 10)
    let equal = Filled(images: 2, shape: shape, seed: 1, mean: 1000, deviation: 0)
    #expect(abs(loss(equal, [3, 9], smoothing: smoothing, gradient: nil, set) - log(10)) < 1e-6)

    // One logit of 200 above nine of 0: sure and right costs nothing, sure and wrong costs 200.
    let sure = Filled(images: 1, shape: shape, seed: 1, deviation: 0)
    sure.base[4] = 200
    let right = 200 * Double(smoothing) * 0.9
    let wrong = 200 * (1 - Double(smoothing) * 0.1)
    #expect(abs(loss(sure, [4], smoothing: smoothing, gradient: nil, set) - right) < 1e-4)
    #expect(abs(loss(sure, [0], smoothing: smoothing, gradient: nil, set) - wrong) < 1e-4)
  }

  @Test(arguments: InstructionSet.available, [0, 5, 19])
  func notANumberIsSeen(set: InstructionSet, place: Int) {
    let logits = Filled(images: 1, shape: Shape(height: 1, width: 1, channels: 20), seed: 1)
    logits.base[place] = .nan
    #expect(loss(logits, [2], smoothing: 0, gradient: nil, set).isNaN)
  }
}
