internal import Datasets
internal import Foundation

// What about the data could make a score mean something else than it seems to.
extension StudyData {
  /// What reading each set found odd, with the set's name.
  package var warningsOfSets: [String] {
    let sets =
      [("real test images", test)] + (realTrain.map { [("real training images", $0)] } ?? [])
      + synthetic.map { ($0.name, $0.samples) }
    return Study.unique(sets.flatMap { name, samples in samples.summary.warnings.map { "\(name): \($0)" } })
  }

  /// Sentences about test images among the training images, unlike counts of the classes, and unlike encodings.
  static func warnings(test: Samples, realTrain: Samples?, synthetic: [Named]) -> [String] {
    var warnings: [String] = []
    let testImages = Set(test.digests)
    let sets =
      (realTrain.map { [("real training set", $0)] } ?? []) + synthetic.map { ("synthetic set \($0.name)", $0.samples) }
    for (title, samples) in sets {
      if samples.summary.hash == test.summary.hash {
        warnings.append(
          "\(samples.summary.path) holds the very images of the test set: its accuracy says nothing about new images.")
      } else if let text = overlap(samples, testImages, title: title, with: "real test images") {
        warnings.append("\(text): its accuracy is not that on new images. `cas data check` lists them.")
      }
    }
    let realImages = realTrain.map { Set($0.digests) } ?? []
    for set in synthetic {
      if set.samples.summary.hash != realTrain?.summary.hash,
        let text = overlap(set.samples, realImages, title: "synthetic set \(set.name)", with: "real training images")
      {
        warnings.append("\(text): the generator copied them, or they were put there.")
      }
      warnings += counts(of: set, realTrain ?? test) + encoding(of: set, test)
    }
    for (title, samples) in sets { warnings += resolution(of: samples, title: title, test) }
    return warnings
  }

  /// Copies pixel by pixel of `images` among the samples; nil without one.
  private static func overlap(
    _ samples: Samples, _ images: Set<ContentDigest>, title: String, with other: String
  ) -> String? {
    let count = samples.digests.count { images.contains($0) }
    guard count > 0 else { return nil }
    return "\(count.grouped) of the \(samples.count.counted("image", "images")) of the \(title) "
      + "\(count == 1 ? "is" : "are") among the \(other), pixel by pixel"
  }

  /// The paper replaces each real image by a sample of its class; other shares of the classes are another experiment.
  private static func counts(of set: Named, _ real: Samples) -> [String] {
    let (own, others) = (set.samples.classCounts, real.classCounts)
    guard set.samples.count > 0, real.count > 0 else { return [] }
    let shares = zip(own, others).map {
      (own: Double($0) / Double(set.samples.count), real: Double($1) / Double(real.count))
    }
    // The total variation distance: the share of the samples that would have to be of another class.
    let distance = shares.reduce(0) { $0 + abs($1.own - $1.real) } / 2
    let gaps = shares.map { $0.own - $0.real }
    guard distance > 0.05, let most = gaps.indices.max(by: { gaps[$0] < gaps[$1] }),
      let fewest = gaps.indices.min(by: { gaps[$0] < gaps[$1] })
    else { return [] }
    func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
    func comparison(_ label: Int) -> String {
      "\(set.samples.classNames[label]) (\(percent(shares[label].own)) of its images, \(percent(shares[label].real)) of "
        + "the real ones)"
    }
    return [
      "The synthetic set \(set.name) has too many images of some classes and too few of others, most too many of "
        + "\(comparison(most)) and most too few of \(comparison(fewest)): its accuracy in these classes depends on that, too."
    ]
  }

  /// Images that were enlarged have no detail that the others have: a drop is then one of the size, too.
  private static func resolution(of samples: Samples, title: String, _ test: Samples) -> [String] {
    guard let own = samples.summary.storedSide, let real = test.summary.storedSide,
      abs(own - real) * 10 > max(own, real)
    else { return [] }
    let side = min(test.shape.height, test.shape.width)
    // Larger ones lose what the smaller size cannot hold, on both sides alike.
    guard min(own, real) < side else { return [] }
    return [
      "The images of the \(title) are stored \(own) pixels wide and those of the real test set \(real), and all are made "
        + "\(side): a difference in detail counts as a difference of the sets. Pack the larger ones at the size of the "
        + "smaller ones first (cas data pack --input \(min(own, real))), as the paper has a baseline for each resolution."
    ]
  }

  /// JPEG leaves traces that a classifier learns: it then tells the sides apart by them.
  private static func encoding(of set: Named, _ test: Samples) -> [String] {
    func share(_ samples: Samples) -> Double {
      let all = samples.summary.codecs.values.reduce(0, +)
      return all > 0 ? Double(samples.summary.codecs["jpeg"] ?? 0) / Double(all) : 0
    }
    func name(_ samples: Samples) -> String {
      let kinds = samples.summary.codecs.keys.sorted().joined(separator: " and ")
      return kinds + (samples.summary.jpegQuality.map { " of quality \($0)" } ?? "")
    }
    let qualities = [set.samples, test].map { $0.summary.jpegQuality }
    let differs: Bool
    if let own = qualities[0], let real = qualities[1] {
      differs = abs(own - real) >= 10 || abs(share(set.samples) - share(test)) > 0.1
    } else {
      differs = abs(share(set.samples) - share(test)) > 0.1
    }
    guard differs else { return [] }
    return [
      "The synthetic set \(set.name) is stored as \(name(set.samples)), the real test set as \(name(test)): a classifier "
        + "can learn the traces of the encoding. Save both sides alike."
    ]
  }
}
