package import Metrics

/// A generator with exact likelihood, as documents describe it.
package struct GeneratorEntry: Codable, Sendable, Equatable {
  /// gaussian, ppca, mixture, or another name of `cas sample --fit`.
  package var family: String
  /// By the names of the options.
  package var capacity: [String: Int]
  /// Levels of a pixel in each channel.
  package var levels: Int
  /// `levels`: probabilities of discrete images; `dequantized`: densities. Never compared with each other.
  package var kind: String
  package var size: DataEntry.Size
  package var classes: [String]
  package var seed: UInt64
  /// Numbers in the file.
  package var parameters: Int
  /// Of the images that it was fitted to.
  package var dataHash: String

  package init(
    family: String, capacity: [String: Int], levels: Int, kind: String, size: DataEntry.Size, classes: [String],
    seed: UInt64, parameters: Int, dataHash: String
  ) {
    (self.family, self.capacity, self.levels, self.kind) = (family, capacity, levels, kind)
    (self.size, self.classes, self.seed) = (size, classes, seed)
    (self.parameters, self.dataHash) = (parameters, dataHash)
  }
}

/// The log-likelihoods of one set of images under a generator.
package struct LikelihoodEntry: Codable, Sendable, Equatable {
  package var images: Int
  /// ln p(x | y) of an image under its own class, in nats.
  @ExplicitNull package var logLikelihood: ImageMean?
  /// −ln p(x | y) / (D ln 2).
  @ExplicitNull package var bitsPerDimension: ImageMean?
  /// The same of p(x) = Σ_y p(y) p(x | y); nil where other classes were not asked about.
  @ExplicitNull package var marginalBitsPerDimension: ImageMean?

  package init(
    images: Int, logLikelihood: ImageMean?, bitsPerDimension: ImageMean?, marginalBitsPerDimension: ImageMean?
  ) {
    self.images = images
    self.logLikelihood = logLikelihood
    self.bitsPerDimension = bitsPerDimension
    self.marginalBitsPerDimension = marginalBitsPerDimension
  }
}

/// What the generator itself says of the real test images: classes by Bayes' rule, and bits per dimension.
package struct ExactInferenceEntry: Codable, Sendable, Equatable {
  package var likelihood: LikelihoodEntry
  /// Of argmax over y of ln p(x | y) + ln p(y).
  package var scores: ScoreCard

  package init(likelihood: LikelihoodEntry, scores: ScoreCard) {
    self.likelihood = likelihood
    self.scores = scores
  }
}

/// The same beside the accuracy of a classifier that learned from the generator's samples.
package struct ModelInferenceEntry: Codable, Sendable, Equatable {
  package var generator: GeneratorEntry
  package var likelihood: LikelihoodEntry
  package var scores: ScoreCard

  package init(_ generator: GeneratorEntry, _ inference: ExactInferenceEntry) {
    self.generator = generator
    likelihood = inference.likelihood
    scores = inference.scores
  }
}

/// Samples that were drawn, or images that were scored.
package struct SampledSetEntry: Codable, Sendable, Equatable {
  package var path: String
  /// By class.
  package var counts: [String: Int]
  package var likelihood: LikelihoodEntry

  package init(path: String, counts: [String: Int], likelihood: LikelihoodEntry) {
    self.path = path
    self.counts = counts
    self.likelihood = likelihood
  }
}

/// The findings of `cas sample`, and with their provenance the content of `likelihood.json`.
package struct SampleFindings: Codable, Sendable, Equatable {
  package var generator: GeneratorEntry
  /// Null without real test images.
  @ExplicitNull package var exactInference: ExactInferenceEntry?
  /// Null where none were drawn.
  @ExplicitNull package var samples: SampledSetEntry?
  /// Null without `--score`.
  @ExplicitNull package var scored: SampledSetEntry?

  package init(generator: GeneratorEntry) {
    self.generator = generator
    exactInference = nil
    samples = nil
    scored = nil
  }
}

/// The data of `cas sample`.
package struct SampleData: Codable, Sendable, Equatable {
  @ExplicitNull package var test: DataEntry?
  @ExplicitNull package var train: DataEntry?
  @ExplicitNull package var scored: DataEntry?

  package init() {
    test = nil
    train = nil
    scored = nil
  }
}

package typealias SampleDocument = AttributedDocument<SampleFindings, MachineDescription, SampleData>

extension GeneratorEntry {
  /// Such as "mixture, 5 components, rank 20, 256 levels".
  var text: String {
    let parts = capacity.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return ([family.printable] + parts.map(\.printable) + ["\(levels) levels"]).joined(separator: ", ")
  }

  /// What bits per dimension are about.
  var kindText: String { kind == "levels" ? "probabilities of levels" : "densities of dequantised levels" }
}

extension ImageMean {
  /// Such as 3.412 (3.401 to 3.423).
  func text(decimals: Int) -> String {
    let ends = interval.map {
      " (\(NumberText.fixed($0.low, decimals: decimals)) to \(NumberText.fixed($0.high, decimals: decimals)))"
    }
    return NumberText.fixed(value, decimals: decimals) + (ends ?? "")
  }
}

extension ExactInferenceEntry {
  /// Such as "Top-1 71.20 % (70.30–72.08), Top-5 98.11 % (97.83–98.36), 3.412 (3.401 to 3.423) bits per dimension".
  var text: String {
    func accuracy(_ name: String, _ score: AccuracyScore?) -> String? {
      score.map {
        "\(name) \(NumberText.percent($0.value, decimals: 2)) (\(NumberText.range($0.interval, decimals: 2)))"
      }
    }
    let bits = likelihood.bitsPerDimension.map { "\($0.text(decimals: 3)) bits per dimension" }
    return [accuracy("Top-1", scores.top1), accuracy("Top-5", scores.top5), bits].compactMap { $0 }
      .joined(separator: ", ")
  }
}

extension SampleFindings {
  /// For stdout.
  package func text(_ style: TerminalStyle) -> String {
    var lines = ["\(generator.text); \(generator.kindText)"]
    func likelihood(_ title: String, _ entry: LikelihoodEntry) -> String {
      let bits = entry.bitsPerDimension.map { "\($0.text(decimals: 3)) bits per dimension" } ?? "an image is excluded"
      return "\(title): \(NumberText.count(entry.images, "image", "images")), \(bits)"
    }
    if let exactInference {
      lines.append(
        "exact inference on \(NumberText.count(exactInference.likelihood.images, "test image", "test images")): "
          + exactInference.text)
    }
    if let samples { lines.append(likelihood("samples in \(samples.path.printable)", samples.likelihood)) }
    if let scored { lines.append(likelihood("scored \(scored.path.printable)", scored.likelihood)) }
    var blocks = [lines.flatMap { $0.wrapped(to: style.width, indent: 2) }]
    if let scores = exactInference?.scores, scores.perClass.count <= 20 {
      var table = TextTable(columns: [
        .init(title: "Class", minimum: 8), .init(title: "Images", alignment: .right, dropRank: 1),
        .init(title: "Top-1 %", alignment: .right), .init(title: "95 %", alignment: .right),
        .init(title: "Taken for", minimum: 12, dropRank: 0),
      ])
      for entry in scores.perClass {
        let confusions = entry.confusedWith.prefix(2).map { "\($0.name.printable) \(NumberText.grouped($0.count))" }
        table.rows.append([
          .init(entry.name.printable), .init(NumberText.grouped(entry.support)),
          .init(NumberText.hundredths(entry.top1, decimals: 1), .bold),
          .init(NumberText.range(entry.interval, decimals: 1)), .init(confusions.joined(separator: ", ")),
        ])
      }
      blocks.append(table.lines(style))
    }
    return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n").replacing("\u{A0}", with: " ")
  }
}
