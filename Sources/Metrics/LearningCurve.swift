/// Accuracy against the number of training images of one set (`cas curve`).
package struct LearningCurve: Codable, Sendable, Equatable {
  /// One size.
  package struct Point: Codable, Sendable, Equatable {
    package var size: Int
    /// The mean over seeds.
    package var top1: Double
    /// 95 % Wilson with n = test images.
    @ExplicitNull package var interval: Interval?
    /// 95 % t over seeds; null for one seed, and in reports of earlier versions.
    @ExplicitNull package var seedInterval: Interval?
    /// Null for the real curve, and where there is none.
    @ExplicitNull package var worth: Worth?

    package init(size: Int, top1: Double, interval: Interval?, seedInterval: Interval? = nil, worth: Worth?) {
      self.size = size
      self.top1 = top1
      self.interval = interval
      self.seedInterval = seedInterval
      self.worth = worth
    }
  }

  /// How many real images teach as much as one image of the set, at one size of it.
  package struct Worth: Codable, Sendable, Equatable {
    /// Null where the real curve does not pass through this accuracy at the sizes that were measured.
    @ExplicitNull package var realImages: Double?
    /// The ends of the 95 % interval, null where an end lies outside of the real curve's sizes.
    @ExplicitNull package var low: Double?
    @ExplicitNull package var high: Double?
    /// `below` or `above` the measured part of the real curve; null within it.
    @ExplicitNull package var outside: String?

    /// - Parameters: 0 stands for below the measured part of the real curve, infinity for above it.
    package init(value: Double, low: Double, high: Double) {
      func inside(_ value: Double) -> Double? { value > 0 && value.isFinite ? value : nil }
      realImages = inside(value)
      self.low = inside(low)
      self.high = inside(high)
      outside = value == 0 ? "below" : value.isFinite ? nil : "above"
    }
  }

  /// top1 ≈ limit − scale · size^(−exponent).
  package struct Fit: Codable, Sendable, Equatable {
    /// At most 1.
    package var limit: Double
    /// 95 %, by the bootstrap over test images and seeds, which knows nothing of the misfit.
    @ExplicitNull package var interval: Interval?
    package var scale: Double
    package var exponent: Double
    /// The root mean square of what the points lie off the law; null in reports of earlier versions.
    @ExplicitNull package var misfit: Double?

    package init(_ law: PowerLaw, limitInterval: Interval?, misfit: Double?) {
      limit = law.limit
      scale = law.scale
      exponent = law.exponent
      interval = limitInterval
      self.misfit = misfit
    }

    package var law: PowerLaw { PowerLaw(limit: limit, scale: scale, exponent: exponent) }
  }

  /// The set's name, or `baseline` for the real images; `baseline+2` and so on for real images drawn to the class counts of
  /// another set.
  package var name: String
  package var points: [Point]
  /// Null below four sizes, and where these do not say what the limit is.
  @ExplicitNull package var fit: Fit?

  package init(name: String, points: [Point], fit: Fit?) {
    self.name = name
    self.points = points
    self.fit = fit
  }
}

extension LearningCurve {
  /// - Parameters:
  ///   - images: those tested on.
  ///   - reference: classifiers of the real images, of the same seeds; nil for the real images themselves.
  package init(name: String, _ classifiers: ClassifiersBySize, reference: ClassifiersBySize?, images: Int) {
    let worth = reference.map { classifiers.worth(in: $0) }
    self.init(
      name: name,
      points: classifiers.sizes.indices.map { index in
        let accuracy = classifiers.accuracies[index]
        return Point(
          size: classifiers.sizes[index], top1: accuracy, interval: .wilson(proportion: accuracy, trials: images),
          seedInterval: Interval.student(classifiers.perSeed[index])?.withinFractions,
          worth: worth?[index])
      },
      fit: classifiers.fit())
  }
}
