import Randomness

extension Samples {
  /// This many images of each class, drawn without replacement and kept in their order.
  ///
  /// The draw does not depend on a run's seed: each class has one fixed random order, and the first `perClass[c]` of
  /// it are taken. So a smaller draw is part of a larger one, and drawing everything gives these very samples.
  /// Throws `DataError.tooFewImages` where a class has fewer.
  package func drawing(perClass: [Int]) throws -> Samples {
    precondition(perClass.count == classNames.count, "a draw needs one number for each class")
    var ofClass = [[Int]](repeating: [], count: classNames.count)
    for (index, label) in labels.enumerated() { ofClass[Int(label)].append(index) }
    let stream = RandomStream(seed: 0, purpose: "draw")
    var isDrawn = [Bool](repeating: false, count: count)
    for (label, wanted) in perClass.enumerated() {
      let available = ofClass[label].count
      guard wanted >= 0 && wanted <= available else {
        throw DataError.tooFewImages(summary.path, className: classNames[label], wanted: wanted, available: available)
      }
      var order = stream.split(label)
      for place in order.permutation(of: available).prefix(wanted) { isDrawn[ofClass[label][place]] = true }
    }
    return selecting(isDrawn.indices.filter { isDrawn[$0] })
  }
}
