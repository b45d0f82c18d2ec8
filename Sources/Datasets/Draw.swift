import Randomness

extension Samples {
  /// This many images of each class, drawn without replacement and kept in their order.
  ///
  /// The draw does not depend on a run's seed: each class has one fixed random order, and the first `perClass[c]` of
  /// it are taken. So a smaller draw is part of a larger one, and drawing everything gives the same samples.
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

  /// How many images of each class a part of `total` images has, in the proportions of this set; a smaller part is
  /// within a larger one, class by class. All images if there are no more than `total`.
  package func proportionalCounts(total: Int) -> [Int] {
    precondition(total >= 0, "a part cannot have a negative number of images")
    // Image j of n in a class has the position (j + 1/2) / n; the parts are prefixes of one sequence.
    let sequence = classCounts.enumerated().flatMap { label, count in
      (0..<count).map { (place: (Double($0) + 0.5) / Double(count), label: label) }
    }.sorted { ($0.place, $0.label) < ($1.place, $1.label) }
    return sequence.prefix(total).reduce(into: classCounts.map { _ in 0 }) { $0[$1.label] += 1 }
  }
}
