internal import Metrics

// What studies that train on more than one set of images answer: whether samples help, and what more of them bring.
extension Verdict {
  /// In how many cases adding samples helps and hurts, and where it does so most.
  static func gains(of results: [ResultEntry]) -> String {
    func point(_ result: ResultEntry) -> Double { result.difference?.value ?? 0 }
    let significant = results.filter { $0.difference?.isSignificant == true }
    let (better, worse) = (significant.count { point($0) > 0 }, significant.count { point($0) < 0 })
    let helps = "Adding samples helps significantly in \(better) of \(results.count) cases and hurts in \(worse)"
    guard let best = results.max(by: { point($0) < point($1) }) else { return helps + "." }
    let chance = best.difference?.isSignificant == true ? "" : ", which may be chance"
    let points = NumberText.hundredths(point(best), decimals: 2, signed: true) + " points (\(best.label))"
    return "\(helps); "
      + (point(best) > 0 ? "the largest gain is \(points)\(chance)." : "none gains, at best \(points).")
  }

  /// The accuracy of each set, and of the real images, at the largest size that all of them have.
  static func ends(of curves: [LearningCurve]) -> String {
    let (size, shown) = compared(curves)
    guard let size else {
      let parts = shown.map { curve, point in
        "\(NumberText.percent(point.top1, decimals: 2)) with \(NumberText.grouped(point.size)) of \(curve.title)"
      }
      return "The sets have no size in common; at its largest each gives \(listed(parts))."
    }
    let parts = shown.enumerated().map { place, entry in
      let verb = place > 0 ? "" : entry.curve.isReal ? "give " : "gives "
      return "\(entry.curve.title) \(verb)\(NumberText.percent(entry.point.top1, decimals: 2))"
    }
    return "At \(NumberText.count(size, "image", "images")) \(listed(parts))."
  }

  /// How many real images an image of each set is worth there.
  static func worths(of curves: [LearningCurve]) -> String {
    guard curves.contains(where: \.isReal) else { return "There are no real training images to compare with." }
    return compared(curves).points.filter { !$0.curve.isReal }.map { curve, point in
      let size = NumberText.grouped(point.size)
      guard let worth = point.worth else { return "The real images have no size to compare \(curve.title) with." }
      guard let value = worth.realImages else {
        let isMore = worth.outside == "above"
        return "\(size) images of \(curve.title) teach \(isMore ? "more than the largest" : "less than the smallest") "
          + "measured number of real images."
      }
      return "Of \(size) images of \(curve.title) each is worth \(NumberText.fixed(value, decimals: 2)) real ones "
        + "[\(worth.range)]."
    }.joined(separator: " ")
  }

  /// The points that are compared: those of the largest common size, or each curve's last where there is none.
  private static func compared(_ curves: [LearningCurve]) -> (
    size: Int?, points: [(curve: LearningCurve, point: LearningCurve.Point)]
  ) {
    let sizes = curves.map { Set($0.points.map(\.size)) }
    let size = sizes.dropFirst().reduce(sizes.first ?? []) { $0.intersection($1) }.max()
    let points = curves.compactMap { curve in
      (size == nil ? curve.points.last : curve.points.first { $0.size == size }).map { (curve: curve, point: $0) }
    }
    return (size, points)
  }
}

extension LearningCurve {
  /// Whether it is of the real images; no synthetic set has a plus in its name.
  var isReal: Bool { name == "baseline" || name.hasPrefix("baseline+") }

  /// What people call it.
  var title: String { isReal ? "real images" + name.dropFirst("baseline".count) : name.printable }
}

extension LearningCurve.Worth {
  /// The ends of the interval, in words where they lie outside of the real curve.
  var range: String {
    func end(_ value: Double?, _ outside: String) -> String {
      value.map { NumberText.fixed($0, decimals: 2) } ?? outside
    }
    return "\(end(low, "below the curve"))–\(end(high, "above the curve"))"
  }
}
